//! Grants from the other per-app switches: notifications, background refresh, local network, keyboards, VPN, health.
