//! The language of `apps = "…"`: which apps a rule is about.
//!
//! ```text
//! selector := conjunction { "or" conjunction }
//! conjunction := factor { "and" factor }
//! factor := "not" factor | "(" selector ")" | term
//! term := "any" | SLUG | "@" GROUP | "{" PARAMETER "}"
//!       | ("category" | "owner" | "country" | "android" | "ios") ":" VALUE
//! ```
//!
//! A value with spaces or parentheses stands in quotation marks: `owner:"BIGO (JOYY)"`. The words `and`, `or`, `not` are lower case.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::catalog::{App, Catalog, glob};
use crate::vocabulary::Platform;

/// Parentheses and `not` inside each other, in one text.
const DEEPEST: usize = 64;

/// What the parser found, before groups and parameters are looked up. Ranges are bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Term(String, Range<usize>),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
}

/// What is wrong with the form of a selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    Character(char),
    Quote,
    Parenthesis,
    OperatorExpected,
    TermExpected,
    TooDeep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Open,
    Close,
    And,
    Or,
    Not,
    Term(&'t str),
}

/// What is wrong, and where.
pub(super) type Fault = (Problem, Range<usize>);

/// Cuts a selector into tokens with their places.
fn tokens(text: &str) -> Result<Vec<(Token<'_>, Range<usize>)>, Fault> {
    let mut found = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((start, first)) = characters.next() {
        match first {
            c if c.is_whitespace() => {}
            '(' => found.push((Token::Open, start..start + 1)),
            ')' => found.push((Token::Close, start..start + 1)),
            _ => {
                let mut end = start;
                let mut quoted = None;
                let mut next = Some((start, first));
                while let Some((at, c)) = next {
                    if c == '"' {
                        quoted = if quoted.is_some() { None } else { Some(at) };
                    } else if quoted.is_none() && !(c.is_ascii_alphanumeric() || "-_.*?@:{}".contains(c)) {
                        return Err((Problem::Character(c), at..at + c.len_utf8()));
                    }
                    end = at + c.len_utf8();
                    let more = |(_, c): &(usize, char)| quoted.is_some() || !(c.is_whitespace() || "()".contains(*c));
                    next = characters.next_if(more);
                }
                if let Some(at) = quoted {
                    return Err((Problem::Quote, at..end));
                }
                let word = text.get(start..end).unwrap_or_default();
                let token = match word {
                    "and" => Token::And,
                    "or" => Token::Or,
                    "not" => Token::Not,
                    _ => Token::Term(word),
                };
                found.push((token, start..end));
            }
        }
    }
    Ok(found)
}

/// Parses the form of a selector; the words themselves are looked up later.
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, end: text.len() };
    let node = parser.selector(0)?;
    match parser.peek() {
        None => Ok(node),
        Some((Token::Close, place)) => Err((Problem::Parenthesis, place)),
        Some((_, place)) => Err((Problem::OperatorExpected, place)),
    }
}

struct Parser<'t> {
    tokens: Vec<(Token<'t>, Range<usize>)>,
    next: usize,
    end: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<(Token<'t>, Range<usize>)> {
        self.tokens.get(self.next).cloned()
    }

    fn skip(&mut self, wanted: Token<'_>) -> bool {
        let there = self.peek().is_some_and(|(token, _)| token == wanted);
        self.next += usize::from(there);
        there
    }

    fn selector(&mut self, depth: usize) -> Result<Node, Fault> {
        let mut parts = vec![self.conjunction(depth)?];
        while self.skip(Token::Or) {
            parts.push(self.conjunction(depth)?);
        }
        Ok(one_or(parts, Node::Any))
    }

    fn conjunction(&mut self, depth: usize) -> Result<Node, Fault> {
        let mut parts = vec![self.factor(depth)?];
        while self.skip(Token::And) {
            parts.push(self.factor(depth)?);
        }
        Ok(one_or(parts, Node::All))
    }

    fn factor(&mut self, depth: usize) -> Result<Node, Fault> {
        let Some((token, place)) = self.peek() else {
            return Err((Problem::TermExpected, self.end..self.end));
        };
        if depth > DEEPEST {
            return Err((Problem::TooDeep, place));
        }
        self.next += 1;
        match token {
            Token::Term(word) => Ok(Node::Term(word.to_string(), place)),
            Token::Not => Ok(Node::Not(Box::new(self.factor(depth + 1)?))),
            Token::Open => {
                let inner = self.selector(depth + 1)?;
                match self.peek() {
                    Some((Token::Close, _)) => {
                        self.next += 1;
                        Ok(inner)
                    }
                    Some((_, place)) => Err((Problem::OperatorExpected, place)),
                    None => Err((Problem::Parenthesis, place)),
                }
            }
            Token::Close | Token::And | Token::Or => Err((Problem::TermExpected, place)),
        }
    }
}

fn one_or(mut parts: Vec<Node>, several: fn(Vec<Node>) -> Node) -> Node {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            parts.push(last);
            several(parts)
        }
        (_, None) => several(parts),
    }
}

/// One test on an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Term {
    /// Every app of the catalogue.
    Any,
    Slug(String),
    Category(String),
    Owner(String),
    Country(String),
    Id(Platform, String),
}

impl Term {
    /// Whether an app of the catalogue passes, under any of its ids.
    pub(super) fn selects(&self, app: &App) -> bool {
        match self {
            Term::Any => true,
            Term::Slug(slug) => app.slug == *slug,
            Term::Category(category) => app.category == *category,
            Term::Owner(owner) => same_name(&app.publisher, owner),
            Term::Country(country) => app.country_of_control.eq_ignore_ascii_case(country),
            Term::Id(platform, pattern) => app
                .ids(*platform)
                .iter()
                .any(|known| glob::matches(pattern, &known.id) || glob::matches(&known.id, pattern)),
        }
    }

    fn matches(&self, app: &AppView<'_>) -> bool {
        let listed = app.slug.is_some();
        match self {
            Term::Any => listed,
            Term::Slug(slug) => app.slug == Some(slug),
            Term::Category(category) => listed && app.category == Some(category),
            Term::Owner(owner) => listed && app.owner.is_some_and(|name| same_name(name, owner)),
            Term::Country(country) => listed && app.country.is_some_and(|code| code.eq_ignore_ascii_case(country)),
            Term::Id(Platform::Android, pattern) => app.android_id.is_some_and(|id| glob::matches(pattern, id)),
            Term::Id(Platform::Ios, pattern) => app.ios_id.is_some_and(|id| glob::matches(pattern, id)),
        }
    }
}

fn same_name(left: &str, right: &str) -> bool {
    // Names of the catalogue are mostly plain letters, and this is asked for each app and each term.
    left.eq_ignore_ascii_case(right)
        || (!(left.is_ascii() && right.is_ascii()) && left.to_lowercase() == right.to_lowercase())
}

impl fmt::Display for Term {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Term::Any => formatter.write_str("any"),
            Term::Slug(slug) => formatter.write_str(slug),
            Term::Category(category) => write!(formatter, "category:{category}"),
            Term::Owner(owner) if owner.contains([' ', '(', ')']) => write!(formatter, "owner:\"{owner}\""),
            Term::Owner(owner) => write!(formatter, "owner:{owner}"),
            Term::Country(country) => write!(formatter, "country:{country}"),
            Term::Id(platform, pattern) => write!(formatter, "{platform}:{pattern}"),
        }
    }
}

/// A selector with groups and parameters filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    Term(Term),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

impl Expression {
    fn holds(&self, listed: bool, term: &dyn Fn(&Term) -> bool) -> bool {
        match self {
            Expression::Term(wanted) => term(wanted),
            // The complement is taken within the catalogue: "not tiktok" never reaches a bank's app.
            Expression::Not(inner) => listed && !inner.holds(listed, term),
            Expression::All(parts) => parts.iter().all(|part| part.holds(listed, term)),
            Expression::Any(parts) => parts.iter().any(|part| part.holds(listed, term)),
        }
    }

    /// Whether it asks for the id under which an app is installed.
    fn asks_for_ids(&self) -> bool {
        match self {
            Expression::Term(term) => matches!(term, Term::Id(..)),
            Expression::Not(inner) => inner.asks_for_ids(),
            Expression::All(parts) | Expression::Any(parts) => parts.iter().any(Expression::asks_for_ids),
        }
    }

    /// Writes it back, with parentheses only where precedence needs them.
    fn write(&self, formatter: &mut fmt::Formatter<'_>, inside: u8) -> fmt::Result {
        let (binds, parts, word) = match self {
            Expression::Term(term) => return fmt::Display::fmt(term, formatter),
            Expression::Not(inner) => {
                formatter.write_str("not ")?;
                return inner.write(formatter, 2);
            }
            Expression::All(parts) => (1, parts, " and "),
            Expression::Any(parts) => (0, parts, " or "),
        };
        let wrapped = binds < inside;
        if wrapped {
            formatter.write_str("(")?;
        }
        for (place, part) in parts.iter().enumerate() {
            if place > 0 {
                formatter.write_str(word)?;
            }
            part.write(formatter, binds + 1)?;
        }
        if wrapped {
            formatter.write_str(")")?;
        }
        Ok(())
    }
}

/// What a selector may ask about an installed app.
///
/// For an app outside the catalogue only the ids are given. `owner` and `country` may be those that an organization puts in the
/// place of the catalogue's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AppView<'a> {
    /// The word of the catalogue; `None` for an app outside it.
    pub slug: Option<&'a str>,
    /// The name.
    pub name: Option<&'a str>,
    /// The publisher.
    pub owner: Option<&'a str>,
    /// The country of control, ISO 3166-1 alpha-2.
    pub country: Option<&'a str>,
    /// The category.
    pub category: Option<&'a str>,
    /// The Android package name it is installed under.
    pub android_id: Option<&'a str>,
    /// The iOS bundle id it is installed under.
    pub ios_id: Option<&'a str>,
}

impl<'a> AppView<'a> {
    /// An app as it is installed: by its id, with what the catalogue knows of it.
    pub fn installed(catalog: &'a Catalog, platform: Platform, id: &'a str) -> AppView<'a> {
        let mut view = AppView::listed(catalog.by_id(platform, id));
        match platform {
            Platform::Android => view.android_id = Some(id),
            Platform::Ios => view.ios_id = Some(id),
        }
        view
    }

    fn listed(app: Option<&'a App>) -> AppView<'a> {
        let Some(app) = app else { return AppView::default() };
        AppView {
            slug: Some(&app.slug),
            name: Some(&app.name),
            owner: Some(&app.publisher),
            country: Some(&app.country_of_control),
            category: Some(&app.category),
            android_id: None,
            ios_id: None,
        }
    }
}

/// The apps that a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    // Shared: many rules of a profile are about the same apps.
    expression: Arc<Expression>,
    slugs: Arc<BTreeSet<String>>,
    /// For each app of the catalogue, whether it is selected; `None` where the installed id decides.
    places: Option<Arc<[bool]>>,
}

impl Selection {
    pub(super) fn new(expression: Expression, catalog: &Catalog) -> Selection {
        let places: Arc<[bool]> =
            catalog.apps().iter().map(|app| expression.holds(true, &|term| term.selects(app))).collect();
        let chosen = catalog.apps().iter().zip(places.iter()).filter(|(_, selected)| **selected);
        let slugs = chosen.map(|(app, _)| app.slug.clone()).collect();
        let places = (!expression.asks_for_ids()).then_some(places);
        Selection { expression: Arc::new(expression), slugs: Arc::new(slugs), places }
    }

    /// Whether the rule is about the app at a place of the catalogue that the profile was loaded with, or about apps outside it
    /// (`None`). `None` when that depends on the id under which it is installed.
    pub(crate) fn matches_place(&self, place: Option<usize>) -> Option<bool> {
        let places = self.places.as_ref()?;
        Some(place.and_then(|place| places.get(place)).copied().unwrap_or(false))
    }

    /// Whether the rule is about an installed app. Words of the catalogue (`any`, slugs, `category:`, `owner:`, `country:`) match
    /// apps of the catalogue only; `android:` and `ios:` look at the installed id, in the catalogue or not.
    pub fn matches(&self, app: &AppView<'_>) -> bool {
        self.expression.holds(app.slug.is_some(), &|term| term.matches(app))
    }

    /// Whether two selections are one and the same, which is known without looking at each app.
    pub(super) fn is_shared_with(&self, other: &Selection) -> bool {
        Arc::ptr_eq(&self.slugs, &other.slugs)
    }

    /// The apps of the catalogue it selects, under any of their ids.
    pub fn catalogue_slugs(&self) -> &BTreeSet<String> {
        &self.slugs
    }
}

/// The shape of a selection, for those who put it in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape<'s> {
    /// Every app of the catalogue.
    Any,
    /// The app with this slug.
    App(&'s str),
    /// The apps of a category.
    Category(&'s str),
    /// The apps of a publisher.
    Owner(&'s str),
    /// The apps whose owner is under the laws of a country, ISO 3166-1 alpha-2.
    Country(&'s str),
    /// The apps installed under an id, or ids of this pattern.
    Id(Platform, &'s str),
    /// The other apps of the catalogue.
    Not(Box<Shape<'s>>),
    /// The apps that are in each.
    All(Vec<Shape<'s>>),
    /// The apps that are in any.
    AnyOf(Vec<Shape<'s>>),
}

impl Expression {
    fn shape(&self) -> Shape<'_> {
        match self {
            Expression::Term(Term::Any) => Shape::Any,
            Expression::Term(Term::Slug(slug)) => Shape::App(slug),
            Expression::Term(Term::Category(category)) => Shape::Category(category),
            Expression::Term(Term::Owner(owner)) => Shape::Owner(owner),
            Expression::Term(Term::Country(country)) => Shape::Country(country),
            Expression::Term(Term::Id(platform, pattern)) => Shape::Id(*platform, pattern),
            Expression::Not(inner) => Shape::Not(Box::new(inner.shape())),
            Expression::All(parts) => Shape::All(parts.iter().map(Expression::shape).collect()),
            Expression::Any(parts) => Shape::AnyOf(parts.iter().map(Expression::shape).collect()),
        }
    }
}

impl Selection {
    /// Its shape, with groups and parameters filled in.
    pub fn shape(&self) -> Shape<'_> {
        self.expression.shape()
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.write(formatter, 0)
    }
}

impl Serialize for Selection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The form with every parenthesis written, so that precedence can be seen.
    fn form(text: &str) -> String {
        fn write(node: &Node) -> String {
            let join =
                |parts: &[Node], word: &str| format!("({})", parts.iter().map(write).collect::<Vec<_>>().join(word));
            match node {
                Node::Term(word, _) => word.clone(),
                Node::Not(inner) => format!("(not {})", write(inner)),
                Node::All(parts) => join(parts, " and "),
                Node::Any(parts) => join(parts, " or "),
            }
        }
        match parse(text) {
            Ok(node) => write(&node),
            Err((problem, place)) => format!("{problem:?} at {place:?}"),
        }
    }

    #[test]
    fn not_binds_before_and_before_or() {
        assert_eq!(form("a or b and not c or d"), "(a or (b and (not c)) or d)");
        assert_eq!(form("(a or b) and c"), "((a or b) and c)");
        assert_eq!(form("not (a or b)"), "(not (a or b))");
        assert_eq!(form("not not a"), "(not (not a))");
        assert_eq!(form("((a))"), "a");
    }

    #[test]
    fn problems_have_a_place() {
        assert_eq!(form(""), "TermExpected at 0..0");
        assert_eq!(form("a or"), "TermExpected at 4..4");
        assert_eq!(form("a b"), "OperatorExpected at 2..3");
        assert_eq!(form("(a b)"), "OperatorExpected at 3..4");
        assert_eq!(form("(a"), "Parenthesis at 0..1");
        assert_eq!(form("a)"), "Parenthesis at 1..2");
        assert_eq!(form("a, b"), "Character(',') at 1..2");
        assert_eq!(form("owner:\"Big"), "Quote at 6..10");
        assert_eq!(form("owner:\"Big (One)\" or b"), "(owner:\"Big (One)\" or b)");
        assert!(form(&format!("{}a", "(".repeat(70))).starts_with("TooDeep"));
        assert!(form(&format!("{}a", "not ".repeat(100_000))).starts_with("TooDeep"));
    }

    fn term(word: &str) -> Expression {
        Expression::Term(Term::Slug(word.to_string()))
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn never_panics_on_likely_text(words in prop::collection::vec(
            prop::sample::select(vec!["and", "or", "not", "(", ")", "any", "@g", "{p}", "owner:\"A B\"", "\"", "é", "category:x"]), 0..40)
        ) {
            if let Err((_, place)) = parse(&words.join(" ")) {
                prop_assert!(place.start <= place.end && place.end <= words.join(" ").len());
            }
        }

        #[test]
        fn what_is_written_back_reads_the_same(values in prop::collection::vec(any::<bool>(), 4), shape in 0_u32..4096) {
            // A small expression over a, b, c, d, built from the bits of `shape`.
            fn build(shape: &mut u32, depth: u32) -> Expression {
                let bits = *shape & 3;
                *shape >>= 2;
                if depth == 0 { return term(["a", "b", "c", "d"][bits as usize]); }
                match bits {
                    0 => Expression::Not(Box::new(build(shape, depth - 1))),
                    1 => Expression::All(vec![build(shape, depth - 1), build(shape, depth - 1)]),
                    2 => Expression::Any(vec![build(shape, depth - 1), build(shape, depth - 1)]),
                    _ => term("d"),
                }
            }
            fn value(node: &Node, values: &[bool]) -> bool {
                match node {
                    Node::Term(word, _) => values[["a", "b", "c", "d"].iter().position(|known| known == word).unwrap()],
                    Node::Not(inner) => !value(inner, values),
                    Node::All(parts) => parts.iter().all(|part| value(part, values)),
                    Node::Any(parts) => parts.iter().any(|part| value(part, values)),
                }
            }
            let expression = build(&mut shape.clone(), 3);
            let expected = expression.holds(true, &|term| match term {
                Term::Slug(slug) => values[["a", "b", "c", "d"].iter().position(|known| known == slug).unwrap()],
                _ => false,
            });
            let selection = Selection { expression: Arc::new(expression), slugs: Arc::default(), places: None };
            let read = parse(&selection.to_string()).unwrap();
            prop_assert_eq!(value(&read, &values), expected, "{}", selection);
        }
    }

    #[test]
    fn only_ids_reach_outside_the_catalogue() {
        let catalog = Catalog::builtin();
        let select = |expression| Selection::new(expression, catalog);
        let outside = AppView::installed(catalog, Platform::Android, "com.zhiliaoapp.newthing");
        let tiktok = AppView::installed(catalog, Platform::Android, "com.zhiliaoapp.musically");
        assert_eq!((outside.slug, tiktok.slug), (None, Some("tiktok")));

        let any = select(Expression::Term(Term::Any));
        assert!(any.matches(&tiktok) && !any.matches(&outside));
        assert_eq!(any.catalogue_slugs().len(), catalog.apps().len());

        let family = select(Expression::Term(Term::Id(Platform::Android, "com.zhiliaoapp.*".into())));
        assert!(family.matches(&tiktok) && family.matches(&outside));
        assert!(family.catalogue_slugs().contains("tiktok-lite"));

        let not = select(Expression::Not(Box::new(term("facebook"))));
        assert!(not.matches(&tiktok) && !not.matches(&outside));
    }
}
