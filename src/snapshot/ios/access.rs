//! Grants from TCC.db and locationd's clients.plist.
