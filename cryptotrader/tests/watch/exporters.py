"""The series of exporters that rules and dashboards may ask for: a test compares them with real exporters."""

NODE = {
    "node_cpu_seconds_total", "node_filesystem_avail_bytes", "node_filesystem_files", "node_filesystem_files_free",
    "node_filesystem_readonly", "node_filesystem_size_bytes", "node_load1", "node_memory_MemAvailable_bytes",
    "node_memory_MemTotal_bytes", "node_network_receive_bytes_total", "node_network_transmit_bytes_total",
    "node_timex_maxerror_seconds", "node_timex_sync_status", "node_vmstat_oom_kill",
}  # fmt: skip
POSTGRES = {
    "pg_database_size_bytes", "pg_locks_count", "pg_settings_max_connections", "pg_stat_activity_count",
    "pg_stat_activity_max_tx_duration", "pg_stat_archiver_failed_count", "pg_stat_database_blks_hit",
    "pg_stat_database_blks_read", "pg_stat_database_deadlocks", "pg_stat_database_temp_bytes",
    "pg_stat_database_tup_deleted", "pg_stat_database_tup_inserted", "pg_stat_database_tup_updated",
    "pg_stat_database_xact_commit", "pg_stat_database_xact_rollback", "pg_transaction_ids_age", "pg_up",
}  # fmt: skip
REDIS = {
    "redis_aof_last_bgrewrite_status", "redis_aof_last_write_status", "redis_blocked_clients", "redis_commands_total",
    "redis_connected_clients", "redis_db_keys", "redis_evicted_keys_total", "redis_keyspace_hits_total",
    "redis_keyspace_misses_total", "redis_memory_max_bytes", "redis_memory_used_bytes", "redis_net_input_bytes_total",
    "redis_net_output_bytes_total", "redis_rdb_last_bgsave_status", "redis_rejected_connections_total", "redis_up",
}  # fmt: skip
WATCHERS = {
    "alertmanager_config_last_reload_successful", "alertmanager_notifications_failed_total",
    "prometheus_config_last_reload_successful", "prometheus_notifications_alertmanagers_discovered",
    "prometheus_notifications_dropped_total", "prometheus_rule_evaluation_failures_total",
}  # fmt: skip
NGINX = {"nginx_connections_active", "nginx_http_requests_total", "nginx_up"}
SITE = {"probe_success", "probe_ssl_earliest_cert_expiry"}
OF_EXPORTERS = NODE | POSTGRES | REDIS | WATCHERS | NGINX | SITE

OF_COPIES_AND_DRILLS = {
    f"cryptotrader_{name}"
    for name in (
        "backup_off_host_age_seconds", "wal_archive_age_seconds", "wal_archive_failed", "restore_verified_age_seconds",
        "restore_rto_seconds", "restore_rpo_seconds",
    )
}  # fmt: skip
"""Told where copies, an archive and trial restores are made: not soon after the start."""
