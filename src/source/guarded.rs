//! Places that the system keeps from programs.

use std::path::Path;

/// Whether a path is one that macOS guards: `MobileSync`, or something below it. Apps need Full Disk Access to look inside.
pub(crate) fn is_guarded(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "MobileSync")
}
