//! Selectors with groups and parameters filled in.

use std::path::PathBuf;

use crate::catalog::{Catalog, own};
use crate::document::{Code, Diagnostic, Diagnostics, Message, Place, ProfileErrors, Scalar, Written};
use crate::profile::origin::Sources;
use crate::profile::selector::{self, Expression, Node, Problem, Selection, Term};
use crate::vocabulary::Platform;

use super::family::{Aim, Family, Memo};
use super::parameters::{Parameters, show, suggest, whole_parameter};
use super::resolver::Resolver;

/// Terms of one selector, groups and parameters counted each time they are used.
const MOST_TERMS: usize = 1000;
/// Terms of all the selectors of a family of profiles: groups inside groups could ask for a thousand terms in each of many lines.
const MOST_TERMS_IN_ALL: usize = 100_000;
/// Bytes of one selector: a thousand long terms fit.
const LONGEST: usize = 64 * 1024;
/// Groups, parameters and operators inside each other.
const DEEPEST: usize = 256;

/// Reads a selector that stands outside a profile, with no groups and no parameters.
pub(crate) fn selection(written: &Written, catalog: &Catalog, notes: &mut Diagnostics) -> Option<Selection> {
    let (sources, mut memo) = (Sources::default(), Memo::default());
    let family = Family { documents: &[], parents: &[], groups: &[], sources: &sources, catalog };
    Resolver::new(family, Aim::Judge, &mut memo, notes).selection(written, &Parameters::default())
}

/// The catalogue with what an organization's files add and correct. Without files it is `base` again.
///
/// # Errors
/// Every mistake of every file, each with its place: see [`crate::catalog::own`].
pub fn extend_catalog(base: &Catalog, files: &[PathBuf]) -> Result<Catalog, ProfileErrors> {
    own::extend(base, files, check_groups)
}

/// Notes every mistake in groups that stand in no profile: those of an organization's catalogue. They may use each other.
fn check_groups(groups: &[(String, Place, Written)], catalog: &Catalog, notes: &mut Diagnostics) {
    let (sources, mut memo) = (Sources::default(), Memo::default());
    let family = Family { documents: &[], parents: &[], groups: &[], sources: &sources, catalog };
    let mut resolver = Resolver::new(family, Aim::Judge, &mut memo, notes);
    resolver.groups = groups.iter().map(|(name, place, written)| (name.as_str(), (*place, written))).collect();
    for (name, _, written) in groups {
        let mut budget = Budget::of_group(name);
        if let Some(expression) = resolver.expression(written, &Parameters::default(), &mut budget)
            && Selection::new(expression, catalog).catalogue_slugs().is_empty()
        {
            resolver.notes.push(Diagnostic::new(Code::EmptySelection, written.place));
        }
    }
}

/// What is counted while a selector is filled in.
#[derive(Default)]
pub(super) struct Budget {
    terms: usize,
    depth: usize,
    open: Vec<String>,
    spent: bool,
    /// Whether a parameter is in it: its value may be another one in another rule.
    parameters: bool,
    /// The selector that everything else is filled into: the one to shorten.
    root: Option<Place>,
}

impl Budget {
    /// That of a group's own selector: the group must not be in it.
    pub(super) fn of_group(name: &str) -> Budget {
        Budget { open: vec![format!("@{name}")], ..Budget::default() }
    }
}

impl Resolver<'_, '_> {
    pub(super) fn selection(&mut self, written: &Written, parameters: &Parameters<'_>) -> Option<Selection> {
        if let Some(known) = self.memo.selections.get(&written.text) {
            return Some(known.clone());
        }
        let mut budget = Budget::default();
        let expression = self.expression(written, parameters, &mut budget)?;
        let selection = Selection::new(expression, self.family.catalog);
        if selection.catalogue_slugs().is_empty() {
            let place = written.part(&(0..written.text.len()));
            self.notes.push(Diagnostic::new(Code::EmptySelection, place));
            return None;
        }
        if !budget.parameters {
            self.memo.selections.insert(written.text.clone(), selection.clone());
        }
        Some(selection)
    }

    pub(super) fn expression(
        &mut self,
        written: &Written,
        parameters: &Parameters<'_>,
        budget: &mut Budget,
    ) -> Option<Expression> {
        budget.root.get_or_insert(written.place);
        if written.text.len() > LONGEST {
            self.notes.push(Diagnostic::new(Code::SelectorTooLong, written.place).with("limit", MOST_TERMS));
            return None;
        }
        match selector::parse(&written.text) {
            Ok(node) => self.lower(&node, written, parameters, budget),
            Err((problem, range)) => {
                let place = if written.text.is_empty() { written.place } else { written.part(&range) };
                let note = |code| Diagnostic::new(code, place);
                self.notes.push(match problem {
                    Problem::Character(character) => note(Code::SelectorCharacter)
                        .with("character", character.to_string())
                        .hint(Message::new("profile-hint-operators")),
                    Problem::Quote => note(Code::SelectorQuote),
                    Problem::Parenthesis => note(Code::SelectorParenthesis),
                    Problem::OperatorExpected => {
                        note(Code::SelectorOperatorExpected).hint(Message::new("profile-hint-operators"))
                    }
                    Problem::TermExpected => note(Code::SelectorTermExpected).hint(Message::new("profile-hint-terms")),
                    Problem::TooDeep => note(Code::SelectorTooDeep),
                });
                None
            }
        }
    }

    fn lower(
        &mut self,
        node: &Node,
        written: &Written,
        parameters: &Parameters<'_>,
        budget: &mut Budget,
    ) -> Option<Expression> {
        if budget.spent {
            return None;
        }
        if budget.depth >= DEEPEST {
            budget.spent = true;
            self.notes.push(Diagnostic::new(Code::SelectorTooDeep, budget.root));
            return None;
        }
        budget.depth += 1;
        let lowered = match node {
            Node::Term(word, range) => self.term(word, written.part(range), parameters, budget),
            Node::Not(inner) => {
                self.lower(inner, written, parameters, budget).map(|inner| Expression::Not(Box::new(inner)))
            }
            Node::All(parts) => self.parts(parts, written, parameters, budget).map(Expression::All),
            Node::Any(parts) => self.parts(parts, written, parameters, budget).map(Expression::Any),
        };
        budget.depth -= 1;
        lowered
    }

    /// All the parts, so that each mistake is noted, not only the first.
    fn parts(
        &mut self,
        parts: &[Node],
        written: &Written,
        parameters: &Parameters<'_>,
        budget: &mut Budget,
    ) -> Option<Vec<Expression>> {
        let lowered: Vec<_> = parts.iter().map(|part| self.lower(part, written, parameters, budget)).collect();
        lowered.into_iter().collect()
    }

    fn term(
        &mut self,
        word: &str,
        place: Place,
        parameters: &Parameters<'_>,
        budget: &mut Budget,
    ) -> Option<Expression> {
        // Groups and parameters count as well: without that, groups made of nothing but groups could double for ever.
        budget.terms += 1;
        self.terms += 1;
        if budget.terms > MOST_TERMS || self.terms > MOST_TERMS_IN_ALL {
            budget.spent = true;
            self.notes.push(Diagnostic::new(Code::SelectorTooLong, budget.root).with("limit", MOST_TERMS));
            return None;
        }
        budget.parameters |= word.contains('{');
        if let Some(name) = whole_parameter(word) {
            let Some(parameter) = parameters.get(name) else {
                self.filler(parameters).unknown_parameter(name, place);
                return None;
            };
            let Scalar::Text(value) = parameter.value.clone() else {
                let note = Diagnostic::new(Code::ParameterValue, place)
                    .with("value", show(&parameter.value))
                    .with("name", name);
                self.notes.push(note.hint(Message::new("profile-hint-text")));
                return None;
            };
            return self.inside(word, place, &value, parameters, budget);
        }
        if let Some(name) = word.strip_prefix('@') {
            let Some((_, group)) = self.groups.get(name).copied() else {
                // Outside a profile (in waivers) the organization's groups are found in its catalogue.
                if let Some(selector) = self.family.catalog.group(name) {
                    let group = Written::standing_in(selector.to_string(), place);
                    return self.inside(word, place, &group, parameters, budget);
                }
                let note = Diagnostic::new(Code::UnknownGroup, place).with("name", name);
                let busy = self.notes.is_busy();
                let own = self.family.catalog.groups().map(|(name, _)| name);
                let names = self.groups.keys().copied().chain(own);
                let known: Vec<String> = names.take_while(|_| !busy).map(|name| format!("@{name}")).collect();
                suggest(self.notes, note, word, || known.iter().map(String::as_str));
                return None;
            };
            return self.inside(word, place, group, parameters, budget);
        }
        let filled;
        let word = if word.contains('{') {
            filled = show(&self.filler(parameters).fill(&Written::standing_in(word.to_string(), place))?);
            filled.as_str()
        } else {
            word
        };
        let term = self.known_term(word, place)?;
        if !self.family.catalog.apps().iter().any(|app| term.selects(app)) {
            let note = Diagnostic::new(Code::SelectorMatchesNothing, place).with("term", word);
            self.notes.push(self.suggest_term(note, &term));
            return None;
        }
        Some(Expression::Term(term))
    }

    /// A group or a parameter, filled in where it is used.
    fn inside(
        &mut self,
        word: &str,
        place: Place,
        value: &Written,
        parameters: &Parameters<'_>,
        budget: &mut Budget,
    ) -> Option<Expression> {
        if budget.open.iter().any(|open| open == word) {
            self.notes.push(Diagnostic::new(Code::GroupCycle, place).with("name", word));
            return None;
        }
        budget.open.push(word.to_string());
        let expression = self.expression(value, parameters, budget);
        budget.open.pop();
        expression
    }

    fn known_term(&mut self, word: &str, place: Place) -> Option<Term> {
        if word == "any" {
            return Some(Term::Any);
        }
        let Some((kind, value)) = word.split_once(':') else {
            return Some(Term::Slug(word.to_string()));
        };
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value).to_string();
        match kind {
            "category" => Some(Term::Category(value)),
            "owner" => Some(Term::Owner(value)),
            "country" => Some(Term::Country(value)),
            "android" => Some(Term::Id(Platform::Android, value)),
            "ios" => Some(Term::Id(Platform::Ios, value)),
            _ => {
                let note = Diagnostic::new(Code::SelectorUnknownKind, place).with("kind", kind);
                self.notes.push(note.suggest(kind, ["category", "owner", "country", "android", "ios"]));
                None
            }
        }
    }

    fn suggest_term(&self, note: Diagnostic, term: &Term) -> Diagnostic {
        if self.notes.is_busy() {
            return note;
        }
        let apps = self.family.catalog.apps();
        let near =
            |word: &str, candidates: Vec<&str>| crate::document::nearest::nearest(word, candidates).map(str::to_string);
        let owners = || apps.iter().map(|app| app.publisher.as_str()).collect();
        let ids = |platform| apps.iter().flat_map(|app| app.ids(platform)).map(|known| known.id.as_str()).collect();
        let suggestion = match term {
            Term::Any => None,
            Term::Slug(slug) => {
                let words = apps.iter().map(|app| app.slug.as_str()).chain(["any", "and", "or", "not"]).collect();
                near(slug, words)
            }
            Term::Category(category) => {
                near(category, self.family.catalog.categories().map(|(word, _)| word).collect())
                    .map(|word| format!("category:{word}"))
            }
            Term::Owner(owner) => near(owner, owners()).map(|word| Term::Owner(word).to_string()),
            Term::Country(_) => None,
            Term::Id(platform, id) => near(id, ids(*platform)).map(|word| Term::Id(*platform, word).to_string()),
        };
        match suggestion {
            Some(word) => note.hint(Message::new("profile-hint-did-you-mean").with("word", word)),
            None => note.hint(Message::new("profile-hint-catalogue")),
        }
    }
}
