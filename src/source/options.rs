//! How paths are opened.

/// Bounds of reading.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// How many bytes of sections are kept from one dump; what is beyond is a gap. The largest real `dumpsys package`
    /// has some 20 MB.
    pub kept_limit: usize,
    /// How many bytes one file may have once inflated; beyond that, reading it is given up.
    pub inflate_limit: u64,
    /// Whether links in a folder are followed. They may lead to any file of this computer, so that somebody has to ask for it; a
    /// target that is itself a link was named by somebody and is followed.
    pub follow_links: bool,
    /// Whether what nothing is read from is left out of long texts while they come, which leaves them unfit to be handed on.
    pub skim: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        OpenOptions { kept_limit: 96 << 20, inflate_limit: 8 << 30, follow_links: false, skim: false }
    }
}
