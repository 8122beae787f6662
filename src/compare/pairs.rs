//! Which user and which app of one reading is which of the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::snapshot::{APP_LIST, App, Snapshot, name_or_id};
use crate::vocabulary::{Platform, Presence, UserKind};

/// The apps of two readings, side by side.
pub(super) struct Pairs<'s> {
    /// Both sides of every app that at least one of them names, in the order of the later reading's names.
    pub(super) apps: Vec<Pair<'s>>,
    /// The user of the earlier reading for each one of the later.
    users: BTreeMap<u32, u32>,
    /// The app of the earlier reading for each one of the later.
    names: BTreeMap<(&'s str, u32), (&'s str, u32)>,
}

/// One app; at least one side is there.
#[derive(Clone, Copy)]
pub(super) struct Pair<'s> {
    pub(super) before: Option<&'s App>,
    pub(super) after: Option<&'s App>,
    /// The later one is another edition of the earlier one.
    pub(super) replaced: bool,
}

impl<'s> Pairs<'s> {
    pub(super) fn of(before: &'s Snapshot, after: &'s Snapshot, catalog: &Catalog) -> Pairs<'s> {
        let users = users(before, after);
        let mut pairs = Vec::new();
        // The first counts, should a snapshot made by hand name an app twice.
        let mut earlier: BTreeMap<(&str, u32), &App> = BTreeMap::new();
        for app in &before.apps {
            earlier.entry((&app.id, app.user)).or_insert(app);
        }
        let mut seen = BTreeSet::new();
        let mut new = Vec::new();
        for app in after.apps.iter().filter(|app| seen.insert((&app.id, app.user))) {
            match users.get(&app.user).and_then(|user| earlier.remove(&(app.id.as_str(), *user))) {
                Some(known) => pairs.push(Pair { before: Some(known), after: Some(app), replaced: false }),
                None => new.push(app),
            }
        }
        // Where a list is not whole, the other edition may be there all the same.
        let lists_all = |snapshot: &Snapshot| snapshot.gaps.iter().all(|gap| gap.area != APP_LIST);
        let whole = lists_all(before) && lists_all(after);
        let (was, is) = (before.device.platform, after.device.platform);
        for app in new {
            let user = users.get(&app.user);
            let same = |other: &&App| {
                let products = (product(catalog, was, other), product(catalog, is, app));
                Some(&other.user) == user && products.0.is_some() && products.0 == products.1
            };
            let kin = |other: &&App| {
                let families = (family(catalog, was, other), family(catalog, is, app));
                // What is left of an app makes place for nothing.
                Some(&other.user) == user
                    && families.0.is_some()
                    && families.0 == families.1
                    && other.presence > Presence::Residual
            };
            let found = if was == is { None } else { earlier.values().find(|other| same(other)).copied() };
            let (known, replaced) = match found {
                Some(known) => (Some(known), false),
                // An edition that was there and is still there was not replaced.
                None if whole => (earlier.values().find(|other| kin(other)).copied(), true),
                None => (None, false),
            };
            if let Some(known) = known {
                earlier.remove(&(known.id.as_str(), known.user));
            }
            pairs.push(Pair { before: known, after: Some(app), replaced: replaced && known.is_some() });
        }
        pairs.extend(earlier.into_values().map(|app| Pair { before: Some(app), after: None, replaced: false }));
        pairs.sort_by_cached_key(|pair| {
            let app = pair.after.or(pair.before);
            app.map(|app| {
                let name = name_or_id(app.name.as_deref(), &app.id);
                (name.to_lowercase(), app.id.clone(), app.user)
            })
        });
        let names = pairs.iter().filter_map(|pair| {
            let (before, after) = (pair.before?, pair.after?);
            Some(((after.id.as_str(), after.user), (before.id.as_str(), before.user)))
        });
        let names = names.collect();
        Pairs { apps: pairs, users, names }
    }

    /// How the earlier reading names an app of the later one; `None` where it names none.
    pub(super) fn earlier_name(&self, id: &str, user: u32) -> Option<(&'s str, u32)> {
        self.names.get(&(id, user)).copied()
    }

    /// The number that the later reading gives a user of the earlier one.
    pub(super) fn later_user(&self, earlier: u32) -> Option<u32> {
        self.users.iter().find(|(_, before)| **before == earlier).map(|(after, _)| *after)
    }

    /// The number that the earlier reading gives a user of the later one.
    pub(super) fn earlier_user(&self, later: u32) -> Option<u32> {
        self.users.get(&later).copied()
    }
}

/// Users of one number and kind are the same; then those of one kind in their order: a work profile that was made anew, or that of a
/// replacement phone, has another number.
fn users(before: &Snapshot, after: &Snapshot) -> BTreeMap<u32, u32> {
    let mut left: Vec<(u32, UserKind)> = before.users.iter().map(|user| (user.id, user.kind)).collect();
    let mut pairs = BTreeMap::new();
    let mut take = |after: u32, is: &dyn Fn(u32, UserKind) -> bool, pairs: &mut BTreeMap<u32, u32>| {
        if pairs.contains_key(&after) {
            return;
        }
        if let Some(place) = left.iter().position(|(id, kind)| is(*id, *kind)) {
            pairs.insert(after, left.remove(place).0);
        }
    };
    for user in &after.users {
        take(user.id, &|id, kind| id == user.id && kind == user.kind, &mut pairs);
    }
    // What kind a profile is follows from more than the list of users, which one of the readings may not have read.
    let unclear = |kind: UserKind| kind == UserKind::UnknownProfile;
    for user in &after.users {
        take(user.id, &|id, kind| id == user.id && (unclear(kind) || unclear(user.kind)), &mut pairs);
    }
    for user in &after.users {
        take(user.id, &|_, kind| kind == user.kind, &mut pairs);
    }
    for user in &after.users {
        take(user.id, &|id, _| id == user.id, &mut pairs);
    }
    // Where a reading has no list of users, or apps speak of one that no list holds, a number stands for itself.
    let listed = |snapshot: &Snapshot, user: u32| snapshot.users.iter().any(|known| known.id == user);
    let numbers = |snapshot: &Snapshot| -> BTreeSet<u32> {
        let users = snapshot.users.iter().map(|user| user.id);
        users.chain(snapshot.apps.iter().map(|app| app.user)).chain(snapshot.other_apps.keys().copied()).collect()
    };
    let taken: BTreeSet<u32> = pairs.values().copied().collect();
    for user in numbers(before).union(&numbers(after)) {
        let free = !pairs.contains_key(user) && !taken.contains(user);
        let unlisted =
            before.users.is_empty() || after.users.is_empty() || !listed(before, *user) && !listed(after, *user);
        if free && unlisted {
            pairs.insert(*user, *user);
        }
    }
    pairs
}

/// The product under one catalogue entry, on whichever platform; `None` for an app that the catalogue does not know.
fn product<'c>(catalog: &'c Catalog, platform: Platform, app: &App) -> Option<&'c str> {
    catalog.by_id(platform, &app.id).map(|listed| listed.slug.as_str())
}

/// The product with all its editions, and the clients that pass for it. A companion of another category, such as an editor of
/// pictures or what a maker preloads, stands beside the app and in place of nothing.
fn family<'c>(catalog: &'c Catalog, platform: Platform, app: &App) -> Option<&'c str> {
    let mut listed = catalog.by_id(platform, &app.id)?;
    // Editions of editions are few; a circle in an organization's own file ends all the same.
    for _ in 0..4 {
        let edition = |slug| catalog.by_slug(slug).filter(|parent| parent.category == listed.category);
        let parent = listed.variant_of.as_deref().and_then(edition);
        match parent.or_else(|| catalog.by_slug(listed.imitates.as_deref()?)) {
            Some(parent) => listed = parent,
            None => break,
        }
    }
    Some(&listed.slug)
}
