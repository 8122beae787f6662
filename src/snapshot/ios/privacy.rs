//! The App Privacy Report of a phone, joined to its apps.
