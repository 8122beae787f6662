//! The second step: documents that extend each other become one list of rules, with groups, parameters and overrides filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::document::{Argument, At, Code, Diagnostic, Diagnostics, Message, Place, Scalar, Written};
use crate::profile::collect::Collect;
use crate::profile::document::{Document, OverrideDocument, ParameterType, RuleDocument};
use crate::profile::kind::Assertion;
use crate::profile::model::{Privacy, Rule};
use crate::profile::origin::{Ancestor, Origins, ParameterOrigin, RuleOrigin};
use crate::profile::references;
use crate::vocabulary::{Platform, Severity};

use super::expression::Budget;
use super::family::{Aim, Family, Memo, Resolved};
use super::parameters::{self, Parameter, ParameterTable, Parameters, Setting, show, suggest};
use super::resolver::Resolver;

/// A rule on its way: where it comes from, and what later profiles change in it.
struct Draft<'a> {
    document: &'a RuleDocument,
    platform: Option<Platform>,
    overrides: Vec<&'a OverrideDocument>,
}

/// Resolves one profile of the family, noting every mistake.
pub(in crate::profile) fn resolve<'a>(
    family: Family<'a>,
    profile: usize,
    (aim, settings): (Aim, &'a [Setting]),
    memo: &mut Memo,
    notes: &mut Diagnostics,
) -> Resolved {
    Resolver::new(family, aim, memo, notes).resolve(profile, settings)
}

impl<'a> Resolver<'a, '_> {
    fn resolve(&mut self, profile: usize, settings: &'a [Setting]) -> Resolved {
        let mut table: ParameterTable<'a> = BTreeMap::new();
        let mut drafts: BTreeMap<&'a str, Draft<'a>> = BTreeMap::new();
        let (mut collect, mut consent, mut hide) = (None, None, None);
        let mut strict = false;
        let mut reasons = BTreeMap::new();
        let order = self.family.order(profile);
        let documents: Vec<&'a Document> = order.iter().filter_map(|index| self.family.documents.get(*index)).collect();
        for (name, place, written) in self.family.groups {
            self.groups.insert(name, (*place, written));
        }
        for document in documents {
            for (name, (place, written)) in &document.groups {
                if let Some((first, _)) = self.groups.get(name.as_str()) {
                    self.redefined("profile-thing-group", name, *place, *first);
                } else {
                    self.groups.insert(name, (*place, written));
                }
            }
            for (id, (place, reference)) in &document.references {
                if let Some((first, _)) = self.references.get(id.as_str()) {
                    self.redefined("profile-thing-reference", id, *place, *first);
                } else {
                    self.references.insert(id, (*place, reference));
                }
            }
            for (name, definition) in &document.parameters {
                parameters::define(name, definition, &mut table, self.notes);
            }
            for (id, change) in &document.overrides {
                if let Some(draft) = drafts.get_mut(id.as_str()) {
                    draft.overrides.push(change);
                    if let Some(because) = &change.because {
                        reasons.insert(id.clone(), because.clone());
                    }
                } else {
                    let note = Diagnostic::new(Code::UnknownRule, change.place).with("rule", id.as_str());
                    suggest(self.notes, note, id, || drafts.keys().copied());
                }
            }
            for (id, rule) in &document.rules {
                if let Some(first) = drafts.get(id.as_str()) {
                    self.redefined("profile-thing-rule", id, rule.place, first.document.place);
                } else {
                    let platform = rule.platform.or(document.platform);
                    drafts.insert(id, Draft { document: rule, platform, overrides: Vec::new() });
                }
            }
            collect = document.privacy.collect.as_ref().or(collect);
            consent = document.privacy.consent.as_ref().or(consent);
            hide = document.privacy.hide.as_ref().or(hide);
            strict = document.strict.unwrap_or(strict);
        }
        for setting in settings {
            parameters::set(setting, &mut table, self.notes);
        }
        let parameters = Parameters { shared: Rc::new(table), own: BTreeMap::new() };
        if self.aim == Aim::Judge {
            self.check_what_no_rule_uses(&parameters);
        }
        let hidden = hide.into_iter().flatten().filter_map(|written| self.selection(written, &parameters)).collect();
        let privacy = Privacy {
            collect: if collect.is_some_and(|word| word == "all-apps") {
                Collect::AllApps
            } else {
                Collect::CatalogueOnly
            },
            hide: hidden,
            consent_required: consent.is_some_and(|word| word == "required"),
        };
        let (mut rules, mut off) = (BTreeMap::new(), BTreeSet::new());
        for (id, draft) in &drafts {
            let rule = self.rule(id, draft, &parameters);
            // A rule that is off is judged for form all the same: it may come back on tomorrow.
            if draft.overrides.iter().any(|change| change.off) {
                off.insert((*id).to_string());
                self.rules.remove(*id);
            } else if let Some(rule) = rule {
                rules.insert((*id).to_string(), rule);
            }
        }
        let references =
            self.references.iter().map(|(id, (_, reference))| ((*id).to_string(), (*reference).clone())).collect();
        let origins = match self.aim {
            Aim::Judge => self.origins(&order, &parameters),
            Aim::Compare => Origins::default(),
        };
        Resolved { rules, off, reasons, privacy, strict, references, origins }
    }

    /// A selector parameter is judged even where no rule uses it, and so is every group.
    fn check_what_no_rule_uses(&mut self, parameters: &Parameters<'a>) {
        for parameter in parameters.shared.values().filter(|parameter| parameter.kind == ParameterType::Selector) {
            if let Scalar::Text(written) = &parameter.value {
                self.expression(written, parameters, &mut Budget::default());
            }
        }
        for (name, (_, written)) in self.groups.clone() {
            let mut budget = Budget::of_group(name);
            self.expression(written, parameters, &mut budget);
        }
    }

    /// Where everything comes from, once every rule is filled in.
    fn origins(&mut self, order: &[usize], parameters: &Parameters<'a>) -> Origins {
        let sources = self.family.sources;
        let ancestor = |index: &usize| {
            let document = self.family.documents.get(*index)?;
            let (id, version) = (document.id.clone(), document.version.clone());
            Some(Ancestor { id, version, file: sources.name(*index) })
        };
        let order = order.iter().filter_map(ancestor).collect();
        let number = |at: &Option<At<i64>>| at.as_ref().map(|at| at.value);
        let described = |(name, parameter): (&&str, &Parameter<'_>)| {
            let definition = parameter.definition;
            let before = parameter.before.as_ref().map(|before| (show(before), before.place()));
            let origin = ParameterOrigin {
                value: show(&parameter.value),
                set: sources.origin(parameter.value.place(), None, before),
                min: number(&definition.min),
                max: number(&definition.max),
                choices: definition.choices.iter().flat_map(|choices| choices.value.iter().map(show)).collect(),
            };
            ((*name).to_string(), origin)
        };
        let parameters = parameters.shared.iter().map(described).collect();
        Origins { order, rules: std::mem::take(&mut self.rules), parameters }
    }

    fn redefined(&mut self, thing: &'static str, name: &str, place: Place, first: Place) {
        let note =
            Diagnostic::new(Code::Redefinition, place).with("thing", Argument::Message(thing)).with("name", name);
        let hint = if thing == "profile-thing-rule" { "profile-hint-override" } else { "profile-hint-other-name" };
        self.notes.push(note.also(first, "profile-label-first").hint(Message::new(hint).with("name", name)));
    }

    fn rule(&mut self, id: &str, draft: &Draft<'a>, parameters: &Parameters<'a>) -> Option<Rule> {
        let document = draft.document;
        let mut parameters = parameters.clone();
        let mut severities: Vec<&Written> = document.severity.iter().collect();
        for change in &draft.overrides {
            for (name, value) in &change.parameters {
                let Some(known) = parameters.get(name.value.as_str()).cloned() else {
                    self.filler(&parameters).unknown_parameter(&name.value, name.place);
                    continue;
                };
                let parameter = Parameter { before: Some(known.value.clone()), value: value.clone(), ..known };
                parameters::check(&name.value, &parameter, self.notes);
                parameters.own.insert(&name.value, parameter);
            }
            severities.extend(&change.severity);
        }
        let words: Vec<&str> = Severity::ALL.iter().map(|severity| severity.word()).collect();
        let severity = severities.last().and_then(|written| self.filler(&parameters).word("severity", written, &words));
        self.check_references(document);
        let apps = document.apps.as_ref().map(|written| self.selection(written, &parameters));
        let assertion = self.assertion(draft, &parameters);
        if self.aim == Aim::Judge {
            let origin = self.rule_origin(draft, &severities, &parameters);
            self.rules.insert(id.to_string(), origin);
        }
        Some(Rule {
            id: id.to_string(),
            title: document.title.clone(),
            why: document.why.clone(),
            look: document.look.clone(),
            fix: document.fix.clone(),
            severity: Severity::from_word(severity?)?,
            platform: draft.platform,
            applies_for: document.applies_for.clone(),
            refs: document.references.iter().map(|written| written.text.clone()).collect(),
            ignore_master: document.ignore_master,
            footprint: document.footprint,
            apps: match apps {
                Some(selection) => Some(selection?),
                None => None,
            },
            assertion: assertion?,
        })
    }

    fn rule_origin(&self, draft: &Draft<'a>, severities: &[&Written], parameters: &Parameters<'a>) -> RuleOrigin {
        let document = draft.document;
        let whence = self.whence(parameters);
        let mut origin = RuleOrigin {
            defined: self.family.sources.origin(document.place, None, None),
            severity: whence.of(severities).unwrap_or_default(),
            apps: document.apps.as_ref().and_then(|apps| whence.of(&[apps])),
            ..RuleOrigin::default()
        };
        if let Some(assertion) = &document.assertion {
            assertion.origin(&draft.overrides, whence, &mut origin);
        }
        origin
    }

    /// References that neither the registry nor a profile of the family lists.
    fn check_references(&mut self, document: &RuleDocument) {
        for written in &document.references {
            let id = written.text.as_str();
            if self.references.contains_key(id) || references::is_known(id) {
                continue;
            }
            let note = Diagnostic::new(Code::UnknownReference, written.place).with("reference", id);
            let known: Vec<String> = if self.notes.is_busy() { Vec::new() } else { references::ids().collect() };
            let own = self.references.keys().copied().take(known.len());
            let candidates = known.iter().map(String::as_str).chain(own);
            self.notes.push(match crate::document::nearest::nearest(id, candidates) {
                Some(near) => note.hint(Message::new("profile-hint-did-you-mean").with("word", near)),
                None => note.hint(Message::new("profile-hint-reference")),
            });
        }
    }

    fn assertion(&mut self, draft: &Draft<'a>, parameters: &Parameters<'a>) -> Option<Assertion> {
        let assertion = draft.document.assertion.as_ref()?;
        if !assertion.takes_levels() {
            for change in &draft.overrides {
                let level = change.level.as_ref().map(|written| ("level", written.place));
                let max = change.max.first().map(|(permission, _)| ("max", permission.place));
                let on_ios = change.on_ios.first().map(|(permission, _)| ("on_ios", permission.place));
                for (key, place) in level.into_iter().chain(max).chain(on_ios) {
                    let note = Diagnostic::new(Code::OverrideNotPossible, place).with("key", key);
                    self.notes.push(note.also(draft.document.place, "profile-label-rule"));
                }
            }
        }
        assertion.resolve(&draft.overrides, &mut self.filler(parameters))
    }
}
