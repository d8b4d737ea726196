"""The back office: the pages that staff run the house from. Lists of single tables stand in the rooms' `admin`."""
