//! The words that stand in reports: verdicts, severities, states, reasons.

use super::library::Library;
use super::lines::{read_lines, readable};
use super::model::{Explanation, Kind, Line, step_lines};
use super::vocabulary;
use crate::evidence::Reason;
use crate::text::Text;
use crate::text::both::{same, sentences};
use crate::vocabulary::guidance;
use crate::vocabulary::permissions::{CheckValue, describe, describe_check, describe_level, level_from_word};
use crate::vocabulary::{
    AppSource, BecauseCode, Check, DecidedBy, Inert, Level, Permission, Platform, Presence, Severity, State, Trace,
    UserKind, Verdict,
};

/// The kinds of such words.
pub(super) const KINDS: &[Kind] = &[
    Kind::Verdict,
    Kind::Severity,
    Kind::State,
    Kind::DecidedBy,
    Kind::Inert,
    Kind::Presence,
    Kind::Source,
    Kind::Gap,
    Kind::User,
    Kind::Trace,
    Kind::Because,
];

/// The words of a kind.
pub(super) fn of(kind: Kind) -> Vec<&'static str> {
    match kind {
        Kind::Verdict => Verdict::ALL.iter().map(|word| word.word()).collect(),
        Kind::Severity => Severity::ALL.iter().map(|word| word.word()).collect(),
        Kind::State => State::ALL.iter().map(|word| word.word()).collect(),
        Kind::DecidedBy => DecidedBy::ALL.iter().map(|word| word.word()).collect(),
        Kind::Inert => Inert::ALL.iter().map(|word| word.word()).collect(),
        Kind::Presence => Presence::ALL.iter().map(|word| word.word()).collect(),
        Kind::Source => AppSource::ALL.iter().map(|word| word.word()).collect(),
        Kind::Gap => [
            Reason::Refused,
            Reason::Absent,
            Reason::TimedOut,
            Reason::Truncated,
            Reason::Unproven,
            Reason::Unreadable,
            Reason::NotKnown,
            Reason::NotSupported,
            Reason::EncryptedOnly,
            Reason::NoPassword,
        ]
        .iter()
        .map(|word| word.word())
        .collect(),
        Kind::User => UserKind::ALL.iter().map(|word| word.word()).collect(),
        Kind::Trace => Trace::ALL.iter().map(|word| word.word()).collect(),
        Kind::Because => BecauseCode::ALL.iter().map(|word| word.word()).collect(),
        _ => Vec::new(),
    }
}

/// The name of such a word, as reports show it.
pub(super) fn title(kind: Kind, word: &str) -> Text {
    let prefix = match kind {
        Kind::State => "explain-state",
        Kind::DecidedBy => "decided",
        Kind::Gap => "reason",
        other => other.word(),
    };
    let dots = same("…");
    // Sentences about a grant name what they were read from.
    sentences().with(&format!("{prefix}-{word}"), &[("subject", &dots), ("value", &dots)])
}

fn word_of(kind: Kind, word: &'static str) -> Explanation {
    let mut explanation = Explanation::new(kind, word, title(kind, word));
    let meaning = format!("explain-{kind}-{word}");
    if sentences().has(&meaning) && kind != Kind::State {
        explanation.say("what", sentences().get(&meaning));
    }
    explanation.say("where", sentences().get(&format!("explain-where-{kind}")));
    if kind == Kind::Trace {
        explanation.say("fix", sentences().get(&format!("trace-{word}-fix")));
    }
    explanation
}

impl Library<'_> {
    /// The meanings of a word of the vocabulary other than a permission.
    pub(super) fn vocabulary(&self, word: &str) -> Vec<Explanation> {
        let mut found = Vec::new();
        found.extend(level_from_word(word).map(level));
        found.extend(Check::from_word(word).map(|check| self.check(check)));
        for kind in KINDS {
            found.extend(of(*kind).into_iter().find(|known| *known == word).map(|known| word_of(*kind, known)));
        }
        found
    }

    /// A property of the phone.
    pub(super) fn check(&self, check: Check) -> Explanation {
        let described = describe_check(check);
        let mut explanation = Explanation::new(Kind::Check, check.word(), described.name.clone());
        let guidance = guidance::check(check);
        explanation.say_if("what", Some(&guidance.what));
        explanation.say_if("why", Some(&guidance.why));
        explanation.say("value", value_kind(&described.value));
        let lines = Platform::ALL.iter().map(|platform| Line::on(*platform, readable(check, *platform)));
        explanation.add("verdicts", lines.collect());
        explanation.add("look", step_lines(None, &guidance.look, None));
        explanation.add("fix", step_lines(None, &guidance.fix, None));
        explanation.say_if("limits", guidance.limits.as_ref());
        let reads = Platform::ALL
            .iter()
            .flat_map(|platform| read_lines(*platform, vocabulary::reads_for_check(check, *platform)));
        explanation.add("reads", reads.collect());
        let rules = self.rules_about_check(check);
        explanation.add("rules", rules.iter().map(|(variant, text)| self.rule_line(variant, Some(text))).collect());
        explanation.add("references", self.reference_lines(rules.iter().flat_map(|(variant, _)| &variant.rule.refs)));
        explanation
    }
}

fn value_kind(value: &CheckValue) -> Text {
    match value {
        CheckValue::YesNo => sentences().get("explain-value-yes-no"),
        CheckValue::Days => sentences().get("explain-value-days"),
        CheckValue::Seconds => sentences().get("explain-value-seconds"),
        CheckValue::Words(words) => {
            let words = crate::text::both::codes(words.iter().map(String::as_str));
            sentences().with("explain-value-words", &[("words", &words)])
        }
        CheckValue::Id => sentences().get("explain-value-id"),
        CheckValue::None => sentences().get("explain-value-none"),
    }
}

/// An access level.
fn level(level: Level) -> Explanation {
    let described = describe_level(level);
    let mut explanation = Explanation::new(Kind::Level, level.word(), described.name.clone());
    explanation.say("what", described.meaning.clone());
    explanation.say_if("why", Some(guidance::level(level)));
    let order = crate::text::both::join(
        &Level::ALL.iter().map(|level| crate::text::both::code(level.word())).collect::<Vec<_>>(),
        &same(" < "),
    );
    let mut lines = vec![Line::new(sentences().with("explain-level-order", &[("levels", &order)]))];
    if level == Level::Always {
        lines.push(Line::new(sentences().get("explain-level-allowed")));
    }
    explanation.add("where", lines);
    let holders: Vec<Permission> =
        Permission::ALL.iter().copied().filter(|permission| describe(*permission).levels.contains(&level)).collect();
    let lines = holders.into_iter().map(|permission| {
        let described = describe(permission);
        let name = described.level_name(level);
        let text = sentences().with(
            "explain-permission-of-level",
            &[("permission", &described.name), ("word", &same(permission.word())), ("level", name)],
        );
        Line::new(text)
    });
    explanation.add("permissions", lines.collect());
    explanation
}
