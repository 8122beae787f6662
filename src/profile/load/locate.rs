//! Where the name of a profile leads, and the text that stands there.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use super::own::{own_file, stems};
use super::shipped::{SHIPPED, shipped_text};
use crate::document::{Code, Diagnostic, Message, Place, Written, open_as};
use crate::files::people;

/// Where a profile comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    Shipped(String),
    Disk(PathBuf),
}

/// Where a reference of the command line leads: a shipped profile, a file, or a profile of the organization's folder.
pub(super) fn locate(reference: &str, folder: Option<&Path>) -> Result<Origin, Box<Diagnostic>> {
    let own = folder.and_then(|folder| own_file(reference, folder));
    if shipped_text(reference).is_some() {
        let Some(path) = own else { return Ok(Origin::Shipped(reference.to_string())) };
        let note = Diagnostic::new(Code::AmbiguousProfile, None).with("name", reference);
        let note = note.with("file", path.display().to_string());
        return Err(Box::new(note.hint(Message::new("profile-hint-rename"))));
    }
    if looks_like_a_path(reference) {
        return Ok(Origin::Disk(PathBuf::from(reference)));
    }
    let Some((folder, path)) = folder.zip(own) else {
        let note = Diagnostic::new(Code::UnknownProfile, None).with("name", reference);
        let own = folder.map(stems).unwrap_or_default();
        let known = SHIPPED.iter().map(|(id, _, _)| *id).chain(own.keys().map(String::as_str));
        return Err(Box::new(note.suggest(reference, known)));
    };
    // A link may lead out of the folder; one that leads nowhere is told when the file is opened.
    let inside = match (people::canonical(&path), people::canonical(folder)) {
        (Ok(file), Ok(folder)) => file.parent() == Some(folder.as_path()),
        _ => true,
    };
    if inside {
        Ok(Origin::Disk(path))
    } else {
        let note = Diagnostic::new(Code::ExtendsOutside, None).with("name", reference);
        Err(Box::new(note.hint(Message::new("profile-hint-own-folder"))))
    }
}

fn looks_like_a_path(reference: &str) -> bool {
    reference.contains(['/', '\\']) || reference.ends_with(".toml") || people::is_file(Path::new(reference))
}

/// The text of a profile, with its origin as it was opened. `name` is its file as the person knows it.
pub(super) fn text(
    origin: Origin,
    name: &str,
    asked_at: Option<Place>,
) -> Result<(Origin, Cow<'static, str>), Box<Diagnostic>> {
    match origin {
        Origin::Shipped(id) => {
            let text = shipped_text(&id).unwrap_or_default().1;
            Ok((Origin::Shipped(id), Cow::Borrowed(text)))
        }
        Origin::Disk(path) => {
            let opened = open_as(&path, name, asked_at)?;
            Ok((Origin::Disk(opened.canonical), Cow::Owned(opened.text)))
        }
    }
}

/// Where a name in `extends` leads: a shipped profile, or a file in the folder of the file that says so.
pub(super) fn extended(written: &Written, from: &Origin) -> Result<Origin, Box<Diagnostic>> {
    let name = written.text.as_str();
    if shipped_text(name).is_some() {
        return Ok(Origin::Shipped(name.to_string()));
    }
    let unknown = || {
        let note = Diagnostic::new(Code::UnknownProfile, written.place).with("name", name);
        Box::new(note.suggest(name, SHIPPED.iter().map(|(id, _, _)| *id)))
    };
    let Origin::Disk(path) = from else { return Err(unknown()) };
    let outside = || {
        let note = Diagnostic::new(Code::ExtendsOutside, written.place).with("name", name);
        Box::new(note.hint(Message::new("profile-hint-own-folder")))
    };
    // One plain name: no folder, no `..`, no drive, and no `\`, which is a folder on Windows and must mean the same everywhere.
    let mut components = Path::new(name).components();
    let plain = matches!((components.next(), components.next()), (Some(Component::Normal(_)), None));
    if !plain || name.contains(['/', '\\', ':']) {
        return Err(outside());
    }
    let file = if name.ends_with(".toml") { name.to_string() } else { format!("{name}.toml") };
    let folder = path.parent().unwrap_or(Path::new("."));
    let found = folder.join(file);
    match people::canonical(&found) {
        // A link may lead out of the folder.
        Ok(canonical) if canonical.parent() != Some(folder) => Err(outside()),
        Ok(_) => Ok(Origin::Disk(found)),
        Err(_) => Err(unknown()),
    }
}
