//! Opens either database.

use std::time::Duration;

use super::address::StoreAddress;
use super::sql::{Access, Connection, Failed};
use super::{postgresql, sqlite};

/// Opens the file or calls the server, and brings its tables to this version. No statement of a server takes longer than patience.
pub(super) fn connect(place: &StoreAddress, access: Access, patience: Duration) -> Result<Connection, Failed> {
    match place {
        StoreAddress::File(path) => match access {
            Access::Read => sqlite::open_to_read(place, path),
            Access::Write | Access::Make => sqlite::open(place, path, access == Access::Make),
        }
        .map_err(Failed::For),
        StoreAddress::Server { address, password } => postgresql::open(place, address, password.as_deref(), patience),
    }
}
