//! Every word that can be explained, by kind.

use super::library::Library;
use super::model::Kind;
use super::words;
use crate::text::Text;
use crate::text::both::sentences;
use crate::vocabulary::permissions::{describe, describe_check, describe_level};
use crate::vocabulary::{Check, Level, Permission};

/// The words of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The kind.
    pub kind: Kind,
    /// Its name, in the plural.
    pub heading: Text,
    /// Each word with its title.
    pub entries: Vec<(String, Text)>,
}

/// Every word that can be explained, by kind. Names of Android, of iOS and of publishers are not among them.
pub fn index(library: &Library<'_>) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut push = |kind: Kind, entries: Vec<(String, Text)>| {
        if !entries.is_empty() {
            let heading = sentences().get(&format!("explain-kinds-{kind}"));
            groups.push(Group { kind, heading, entries });
        }
    };
    push(Kind::Profile, library.profiles().iter().map(|profile| (profile.id.clone(), profile.title.clone())).collect());
    let rules = library.rule_ids().into_iter().filter_map(|id| {
        // Of rules with the same name, the first stands for all.
        let variant = library.variants(id).into_iter().next()?;
        Some((id.to_owned(), variant.rule.title.clone()))
    });
    push(Kind::Rule, rules.collect());
    push(
        Kind::Permission,
        Permission::ALL.iter().map(|word| (word.to_string(), describe(*word).name.clone())).collect(),
    );
    push(Kind::Level, Level::ALL.iter().map(|word| (word.to_string(), describe_level(*word).name.clone())).collect());
    push(Kind::Check, Check::ALL.iter().map(|word| (word.to_string(), describe_check(*word).name.clone())).collect());
    for kind in words::KINDS {
        push(*kind, words::of(*kind).iter().map(|word| ((*word).to_owned(), words::title(*kind, word))).collect());
    }
    groups
}
