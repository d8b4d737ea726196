from accounts.management.command import OperatorCommand
from trading.services.instruments.seed_instruments import seed_instruments


class Command(OperatorCommand):
    help = (
        "Make the instruments of a new installation: BTC-USDT, ETH-USDT, XRP-USDT, and the conversion USDT-USD. "
        "Existing ones stay unchanged. Exit code: 0 done."
    )

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"{seed_instruments()} new instruments")
