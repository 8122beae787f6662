//! A new profile that extends another: everything it inherits stands in it as remarks, ready to be changed.
//!
//! A line that begins with `#` and a space is a remark. A line that begins with `#` and no space is TOML; each block of such lines may
//! be used alone or together with all others, and gives a profile without mistakes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::document::{Document, ParameterDocument, ParameterType, RuleDocument};
use super::expected::Value;
use super::kind::keys;
use super::kind::statement::Shown;
use super::load;
use super::model::{FORMAT, Profile, Rule};
use crate::catalog::Catalog;
use crate::document::ProfileErrors;
use crate::document::diagnostic::{clean, is_invisible};
use crate::document::{At, Scalar};
use crate::files::people;
use crate::text::{Language, Text, Texts};
use crate::vocabulary::{Level, Permission};

/// The rule that shows how one is written.
const RULE: &str = include_str!("scaffold-rule.toml");
/// Its id there.
const RULE_ID: &str = "our-rule";
/// The group that shows how one is written.
const GROUP: &str = include_str!("scaffold-group.toml");
/// Its name there.
const GROUP_NAME: &str = "our-apps";
/// Characters of a line of remarks.
const WIDTH: usize = 110;

/// What a new profile is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The parent: the id of a profile that ships, or the path of a file.
    pub from: &'a str,
    /// The id of the new profile; `our-` and the id of its parent unless given.
    pub id: Option<&'a str>,
    /// The year of its version, as in `2026.1.0`.
    pub year: i16,
}

/// A new profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaffold {
    /// Its id.
    pub id: String,
    /// The file, to be written as it is.
    pub text: String,
    /// The folder that it must stand in; `None` when the parent ships with poucet and any folder will do.
    pub folder: Option<PathBuf>,
}

/// Why no new profile could be made. The sentences stand in `src/text/tools.*.ftl`.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// The parent has mistakes.
    #[error("{0}")]
    Parent(Box<ProfileErrors>),
    /// The id is not kebab-case of 64 characters at most.
    #[error("{0}: not an id")]
    Id(String),
    /// The id is that of the parent.
    #[error("{0}: the id of the parent")]
    SameId(String),
    /// The file of the parent has a name that `extends` cannot hold.
    #[error("{0}: no name for `extends`")]
    FileName(String),
}

impl ScaffoldError {
    /// The key of the sentence that says what happened; its variable is `$name`. `None` for mistakes of the parent, which have
    /// sentences of their own.
    pub fn key(&self) -> Option<&'static str> {
        match self {
            ScaffoldError::Parent(_) => None,
            ScaffoldError::Id(_) => Some("tools-new-bad-id"),
            ScaffoldError::SameId(_) => Some("tools-new-same-id"),
            ScaffoldError::FileName(_) => Some("tools-new-bad-file-name"),
        }
    }

    /// What the sentence is about.
    pub fn name(&self) -> &str {
        match self {
            ScaffoldError::Parent(_) => "",
            ScaffoldError::Id(name) | ScaffoldError::SameId(name) | ScaffoldError::FileName(name) => name,
        }
    }
}

/// Writes a profile that extends another, with remarks in the language of `texts`.
///
/// # Errors
/// When the parent has mistakes, when the id is not one, and when the file of the parent cannot be named in `extends`.
pub fn scaffold(request: Request<'_>, catalog: &Catalog, texts: &Texts) -> Result<Scaffold, ScaffoldError> {
    let parent = load::load(request.from, catalog).map_err(|errors| ScaffoldError::Parent(Box::new(errors)))?;
    let id = request.id.map_or_else(|| format!("our-{}", parent.id), str::to_owned);
    if !is_id(&id) {
        return Err(ScaffoldError::Id(id));
    }
    if id == parent.id {
        return Err(ScaffoldError::SameId(id));
    }
    let (name, folder) = if load::is_shipped(request.from) {
        (request.from.to_owned(), None)
    } else {
        let path = people::canonical(Path::new(request.from)).unwrap_or_else(|_| PathBuf::from(request.from));
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !name.ends_with(".toml") || name.contains(['/', '\\', ':']) {
            return Err(ScaffoldError::FileName(request.from.to_owned()));
        }
        (name.to_owned(), path.parent().map(Path::to_path_buf))
    };
    let documents = load::documents(request.from, &load::Options::default());
    let mut page = Page { text: String::new(), texts };
    page.head(&parent, &id, &name, request.year, folder.is_some());
    page.parameters(&documents);
    page.groups(&documents);
    page.overrides(&parent, &documents);
    page.privacy(&documents);
    page.rule(&documents);
    Ok(Scaffold { id, text: page.text, folder })
}

/// Whether a word may be the id of a profile: the rule of the linter.
fn is_id(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    word.len() <= 64 && word.starts_with(plain) && word.chars().all(|c| plain(c) || c == '-')
}

/// The file on its way.
struct Page<'t> {
    text: String,
    texts: &'t Texts,
}

impl Page<'_> {
    /// A line of the profile itself.
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A line of TOML that waits for its `#` to be taken away.
    fn waiting(&mut self, line: &str) {
        self.line(&format!("#{line}"));
    }

    /// A remark, over as many lines as it needs.
    fn remark(&mut self, remark: &str) {
        for line in textwrap::wrap(remark, WIDTH) {
            self.line(&format!("# {line}"));
        }
    }

    /// A remark that quotes TOML: never cut, and set in.
    fn quote(&mut self, toml: &str) {
        self.line(&format!("#   {toml}"));
    }

    fn say(&mut self, key: &str, variables: &[(&str, &str)]) {
        let sentence = self.texts.with(key, variables);
        self.remark(&sentence);
    }

    fn section(&mut self, key: &str) {
        let title = self.texts.get(key);
        let rule = "-".repeat(WIDTH.saturating_sub(title.chars().count() + 6));
        self.line("");
        self.line(&format!("# ---- {title} {rule}"));
        let [rest, last] = keys();
        self.say(&format!("{key}-how"), &[("rest", &rest), ("last", &last)]);
    }

    fn title<'a>(&self, title: &'a Text) -> &'a str {
        title.of(self.texts.language())
    }

    /// A text of both languages that a person is to write over.
    fn placeholder(key: &str) -> String {
        let of = |language| quoted(&Texts::new(language).get(key));
        format!("{{ en = {}, fr = {} }}", of(Language::En), of(Language::Fr))
    }

    fn head(&mut self, parent: &Profile, id: &str, name: &str, year: i16, beside: bool) {
        let (title, shown_name) = (clean(self.title(&parent.title)), clean(name));
        self.say("tools-new-head", &[("parent", &shown_name), ("title", &title)]);
        self.line("#");
        self.say("tools-new-remarks", &[]);
        self.say("tools-new-check", &[("parent", &shown_name)]);
        if beside {
            self.say("tools-new-beside", &[("parent", &shown_name)]);
        }
        self.line("");
        self.line(&format!("format  = {FORMAT}"));
        self.line(&format!("id      = {}", quoted(id)));
        self.line(&format!("version = {}", quoted(&format!("{year}.1.0"))));
        self.say("tools-new-title-how", &[]);
        self.line(&format!("title   = {}", Page::placeholder("tools-new-title")));
        self.line(&format!("extends = [{}]", quoted(name)));
        self.line("");
        self.say("tools-new-note-how", &[]);
        self.waiting(&format!("note = {}", Page::placeholder("tools-new-note")));
        self.line("");
        self.say("tools-new-platform-how", &[]);
        self.waiting("platform = \"android\"");
        self.line("");
        self.say("tools-new-strict-how", &[]);
        self.waiting(&format!("strict = {}", parent.strict));
    }

    fn parameters(&mut self, documents: &[Document]) {
        let mut parameters: BTreeMap<&str, (&ParameterDocument, &Scalar)> = BTreeMap::new();
        for document in documents {
            for (name, written) in &document.parameters {
                let Some(value) = &written.default else { continue };
                // The first one says what it is; later ones say its value.
                let entry = parameters.entry(name.as_str()).or_insert((written, value));
                entry.1 = value;
            }
        }
        if parameters.is_empty() {
            return;
        }
        self.section("tools-new-params");
        for (name, (definition, value)) in parameters {
            self.line("");
            if let Some(title) = &definition.title {
                let title = clean(self.title(title));
                self.remark(&title);
            }
            self.bounds(definition);
            self.waiting(&format!("[params.{}]", bare(name)));
            self.waiting(&format!("default = {}", shown(value)));
        }
    }

    fn bounds(&mut self, definition: &ParameterDocument) {
        let number = |at: &Option<At<i64>>| at.as_ref().map(|at| at.value.to_string());
        match (number(&definition.min), number(&definition.max)) {
            (Some(min), Some(max)) => self.say("tools-new-between", &[("min", &min), ("max", &max)]),
            (Some(min), None) => self.say("tools-new-from", &[("min", &min)]),
            (None, Some(max)) => self.say("tools-new-to", &[("max", &max)]),
            (None, None) => {}
        }
        if let Some(choices) = &definition.choices {
            let choices: Vec<String> = choices.value.iter().map(shown).collect();
            self.say("tools-new-choices", &[("choices", &choices.join(", "))]);
        }
        match definition.kind.map(|kind| kind.value) {
            Some(ParameterType::Selector) => self.say("tools-new-selector", &[]),
            Some(ParameterType::Level) => {
                let levels: Vec<&str> = Level::ALL.iter().map(|level| level.word()).collect();
                self.say("tools-new-choices", &[("choices", &levels.join(", "))]);
            }
            _ => {}
        }
    }

    fn groups(&mut self, documents: &[Document]) {
        let groups: BTreeMap<&str, &str> = documents
            .iter()
            .flat_map(|document| {
                document.groups.iter().map(|(name, (_, written))| (name.as_str(), written.text.as_str()))
            })
            .collect();
        self.section("tools-new-groups");
        for (name, selector) in &groups {
            self.quote(&format!("{} = {}", bare(name), quoted(selector)));
        }
        self.line("");
        let own = free(GROUP_NAME, |name| groups.contains_key(name));
        for line in GROUP.lines() {
            self.waiting(&line.replace(GROUP_NAME, &own));
        }
    }

    fn overrides(&mut self, parent: &Profile, documents: &[Document]) {
        let written: BTreeMap<&str, &RuleDocument> =
            documents.iter().flat_map(|document| document.rules.iter().map(|(id, rule)| (id.as_str(), rule))).collect();
        if parent.rules.is_empty() {
            return;
        }
        self.section("tools-new-overrides");
        for rule in &parent.rules {
            self.line("");
            let title = clean(self.title(&rule.title));
            self.remark(&title);
            for line in asked(rule, written.get(rule.id.as_str()).copied()) {
                self.quote(&line);
            }
            self.waiting(&format!("[override.{}]", bare(&rule.id)));
            self.waiting(&format!("severity = {}", quoted(rule.severity.word())));
            for entry in rule.assertion.statement().entries() {
                if let Shown::Levels(levels) = entry.value
                    && !levels.is_empty()
                {
                    self.waiting(&format!("{:8} = {}", entry.key, table(levels)));
                }
            }
            self.waiting(&format!("because  = {}", Page::placeholder("tools-new-because")));
        }
    }

    fn privacy(&mut self, documents: &[Document]) {
        let last = |read: &dyn Fn(&Document) -> Option<String>| documents.iter().rev().find_map(read);
        let collect = last(&|document| document.privacy.collect.clone()).unwrap_or_else(|| "catalogue-only".to_owned());
        let consent = last(&|document| document.privacy.consent.clone()).unwrap_or_else(|| "not-required".to_owned());
        let hide = last(&|document| {
            let selectors = document.privacy.hide.as_ref()?;
            Some(selectors.iter().map(|written| quoted(&written.text)).collect::<Vec<_>>().join(", "))
        });
        self.section("tools-new-privacy");
        self.line("");
        self.waiting("[privacy]");
        self.waiting(&format!("collect = {}", quoted(&collect)));
        self.waiting(&format!("hide    = [{}]", hide.unwrap_or_default()));
        self.waiting(&format!("consent = {}", quoted(&consent)));
    }

    fn rule(&mut self, documents: &[Document]) {
        let known: BTreeSet<&str> =
            documents.iter().flat_map(|document| document.rules.keys().map(String::as_str)).collect();
        self.section("tools-new-rules");
        self.line("");
        let own = free(RULE_ID, |id| known.contains(id));
        for line in RULE.lines() {
            self.waiting(&line.replace(RULE_ID, &own));
        }
    }
}

/// A name that is not taken: the one that is wanted, else with a number.
fn free(wanted: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2_u32..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

/// What a rule asks now, as it would be written; the apps as they are written, not as they are filled in.
fn asked(rule: &Rule, written: Option<&RuleDocument>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(platform) = rule.platform {
        lines.push(format!("platform = {}", quoted(platform.word())));
    }
    if let Some(phones) = &rule.applies_for {
        lines.push(format!("for = {}", quoted(phones)));
    }
    if let Some(apps) = &rule.apps {
        let apps =
            written.and_then(|written| written.apps.as_ref()).map_or_else(|| apps.to_string(), |w| w.text.clone());
        lines.push(format!("apps = {}", quoted(&apps)));
    }
    for entry in rule.assertion.statement().entries() {
        let value = match &entry.value {
            Shown::One(value) => literal(value),
            Shown::Several(values) => format!("[{}]", values.iter().map(literal).collect::<Vec<_>>().join(", ")),
            Shown::Levels(levels) => table(levels),
            Shown::Both(text) => format!("{{ en = {}, fr = {} }}", quoted(&text.en), quoted(&text.fr)),
        };
        lines.push(format!("{} = {value}", entry.key));
    }
    if rule.ignore_master {
        lines.push("ignore_master = true".to_owned());
    }
    lines
}

fn table(levels: &BTreeMap<Permission, Level>) -> String {
    let levels: Vec<String> =
        levels.iter().map(|(permission, level)| format!("{permission} = {}", quoted(level.word()))).collect();
    format!("{{ {} }}", levels.join(", "))
}

fn literal(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => quoted(text),
    }
}

fn shown(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Text(written) => quoted(&written.text),
        Scalar::Number(number, _) => number.to_string(),
        Scalar::Flag(flag, _) => flag.to_string(),
    }
}

/// A key: bare where TOML allows it, else in quotation marks.
fn bare(key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if plain { key.to_owned() } else { quoted(key) }
}

/// A TOML string on one line: a profile is hostile, and what it holds must never leave the remark that it is quoted in.
fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            c if c.is_control() || is_invisible(c) || matches!(c, '\u{2028}' | '\u{2029}') => {
                written.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

#[cfg(test)]
mod tests;
