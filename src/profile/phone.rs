//! A phone as rules see it, and one rule put to it.

use super::judged::{Judged, ToldGap, Why};
use super::kind::guide::Guide;
use super::selector::{AppView, Selection};
use crate::catalog::Catalog;
use crate::evidence::SourceKind;
use crate::snapshot::{App, Gap, Grant, Snapshot};
use crate::text::Text;
use crate::vocabulary::{Permission, Platform, Verdict};

/// A phone, with what judging needs to know at every rule found once.
pub(crate) struct Phone<'s, 'c> {
    pub(crate) snapshot: &'s Snapshot,
    /// The catalogue that the selectors of the rules were resolved with.
    pub(crate) catalog: &'c Catalog,
    /// The apps of the phone, in the order of the snapshot.
    pub(crate) apps: Vec<JudgedApp<'s>>,
    /// Its gaps, by area.
    gaps: Vec<&'s Gap>,
}

/// An app of the phone, as the rules see it.
pub(crate) struct JudgedApp<'s> {
    pub(crate) app: &'s App,
    /// Its place among the apps of the phone.
    pub(crate) place: usize,
    /// Its place in the catalogue.
    listed: Option<usize>,
    /// Its grants, by permission.
    grants: [Option<&'s Grant>; Permission::ALL.len()],
}

impl<'s> JudgedApp<'s> {
    /// What it may touch of one kind.
    pub(crate) fn grant(&self, permission: Permission) -> Option<&'s Grant> {
        self.grants.get(permission as usize).copied().flatten()
    }

    /// Whether a selection takes it.
    pub(crate) fn is_one_of(&self, selection: &Selection, phone: &Phone<'_, '_>) -> bool {
        let view = || AppView::installed(phone.catalog, phone.platform(), &self.app.id);
        selection.matches_place(self.listed).unwrap_or_else(|| selection.matches(&view()))
    }
}

impl<'s, 'c> Phone<'s, 'c> {
    pub(crate) fn new(snapshot: &'s Snapshot, catalog: &'c Catalog) -> Phone<'s, 'c> {
        let platform = snapshot.device.platform;
        let judged = |(place, app): (usize, &'s App)| {
            let mut grants = [None; Permission::ALL.len()];
            for grant in &app.grants {
                if let Some(place) = grants.get_mut(grant.permission as usize) {
                    // The first counts, should a snapshot made by hand hold two.
                    place.get_or_insert(grant);
                }
            }
            JudgedApp { app, place, listed: catalog.place_of(platform, &app.id), grants }
        };
        let apps = snapshot.apps.iter().enumerate().map(judged).collect();
        let mut gaps: Vec<&Gap> = snapshot.gaps.iter().collect();
        gaps.sort_by_key(|gap| gap.area.as_str());
        Phone { snapshot, catalog, apps, gaps }
    }

    /// Its platform.
    pub(crate) fn platform(&self) -> Platform {
        self.snapshot.device.platform
    }

    /// The gaps about one area.
    pub(crate) fn gaps(&self, area: &str) -> &[&'s Gap] {
        let first = self.gaps.partition_point(|gap| gap.area.as_str() < area);
        let later = self.gaps.get(first..).unwrap_or_default();
        later.get(..later.partition_point(|gap| gap.area == area)).unwrap_or_default()
    }

    /// The gap that stands between poucet and the list of installed apps, if there is one.
    fn list_gap(&self) -> Option<&'s Gap> {
        self.gaps(crate::snapshot::APP_LIST).first().copied()
    }

    /// Whether the phone was on a cable, so that the visit itself may have broken a rule.
    pub(crate) fn is_live(&self) -> bool {
        let source = &self.snapshot.source;
        let road = source.collected.as_ref().unwrap_or(&source.kind);
        SourceKind::ALL.into_iter().any(|kind| kind.is_live() && kind.word() == road)
    }
}

/// A rule put to a phone: the phone, and what of the rule does not hang on its kind.
pub(crate) struct RuleOnPhone<'a, 's> {
    pub(crate) phone: &'a Phone<'s, 'a>,
    /// The apps it is about; `None` for a rule about the phone.
    pub(crate) apps: Option<&'a Selection>,
    /// Judge stored grants as if the phone's main switches were on.
    pub(crate) ignore_master: bool,
    /// The visit itself breaks the rule.
    pub(crate) footprint: bool,
    /// What a person does by hand.
    pub(crate) guide: Guide<'s>,
}

impl<'a, 's> RuleOnPhone<'a, 's> {
    /// The apps on the phone that the rule is about.
    pub(crate) fn selected(&self) -> impl Iterator<Item = &'a JudgedApp<'s>> + use<'a, 's> {
        let (phone, apps) = (self.phone, self.apps);
        phone.apps.iter().filter(move |app| apps.is_some_and(|selection| app.is_one_of(selection, phone)))
    }

    /// What is said of the apps that no finding names, when `found` of them name one: a rule that names none holds, unless the list of
    /// apps is not whole. Every kind that goes through the apps ends with it, or a list that was cut short would pass.
    pub(crate) fn rest(&self, found: usize) -> Option<Judged<'s>> {
        match self.phone.list_gap() {
            Some(gap) => Some(Judged::unknown(Verdict::NotAssessed, Why::Gap(ToldGap::Whole(gap)))),
            None => (found == 0).then(|| Judged::new(Verdict::Pass, Why::plain("reason-no-such-app"))),
        }
    }

    /// What to press, in the menus of the phone's maker.
    pub(crate) fn press(&self, permission: Option<Permission>) -> Option<&'s Text> {
        let device = &self.phone.snapshot.device;
        self.guide.fix(device.platform, device.manufacturer.as_deref(), permission)
    }

    /// How a person sees by hand what the evidence does not show.
    pub(crate) fn by_hand(&self, permission: Option<Permission>) -> Option<&'s Text> {
        let device = &self.phone.snapshot.device;
        self.guide.look(device.platform, device.manufacturer.as_deref(), permission)
    }
}
