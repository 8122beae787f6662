//! Which apps are social, who controls them, and under which ids they are installed.
//!
//! The data stands in `catalog.toml` beside this file, compiled into the program and parsed once, on first use. An id is only as
//! good as its sources: [`IdStatus`] travels with every answer, because a wrong id makes a ban pass in silence.
//!
//! An organization adds its own apps and corrects others in files of its own: [`crate::profile::extend_catalog`].

pub mod glob;
pub mod own;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

pub use own::OwnCatalog;

use crate::text::Text;
use crate::vocabulary::Platform;

/// How far an id can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdStatus {
    /// Written down from memory; nobody read it beside the name of the app. An "absent" that rests on it must say so.
    Unverified,
    /// Read in one source of modest weight only.
    SingleSource,
    /// Read, with the name of the app, in at least one independent source.
    Verified,
}

/// One Android package name or iOS bundle id of an app.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppId {
    /// The id as the platform writes it; with `*`, a pattern (modified clients only).
    pub id: String,
    /// How far it can be trusted.
    pub status: IdStatus,
    /// The letters of the sources it was read in, joined with `+`; empty when unverified. See [`Catalog::sources`].
    #[serde(default)]
    pub sources: String,
}

/// One app of the catalogue: a product, under all the ids it is published with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// The kebab-case word that stands for the app in profiles and reports.
    pub slug: String,
    /// The name people know it by.
    pub name: String,
    /// The company behind it, on the day [`Catalog::as_of`].
    pub publisher: String,
    /// The country under whose laws the owner is, ISO 3166-1 alpha-2, `ZZ` when unknown or several; on the day [`Catalog::as_of`].
    pub country_of_control: String,
    /// One word of [`Catalog::categories`].
    pub category: String,
    /// The app that this one is a light, regional or companion edition of.
    #[serde(default)]
    pub variant_of: Option<String>,
    /// For a modified client: the app it passes for.
    #[serde(default)]
    pub imitates: Option<String>,
    /// Android package names.
    #[serde(default)]
    pub android: Vec<AppId>,
    /// iOS bundle ids.
    #[serde(default)]
    pub ios: Vec<AppId>,
    /// What a reader should know of it.
    #[serde(default)]
    pub note: Option<Text>,
    /// What the ids of the app leave open: who stands behind it where one id has several owners, which product it is where
    /// several have had the same id. No reading of a phone answers it.
    #[serde(default)]
    pub cannot_tell: Option<Text>,
    /// Whether an organization's own file added it.
    #[serde(skip)]
    pub own: bool,
    /// The day, `YYYY-MM-DD`, for which an organization's own file says what it says of the app; `None` for an app as it ships.
    #[serde(skip)]
    pub as_of: Option<String>,
    /// The same, where that file says who controls the app: [`Catalog::as_of_of`] gives the day in every case.
    #[serde(skip)]
    pub owner_as_of: Option<String>,
}

impl App {
    /// The ids of the app on a platform.
    pub fn ids(&self, platform: Platform) -> &[AppId] {
        match platform {
            Platform::Android => &self.android,
            Platform::Ios => &self.ios,
        }
    }

    /// How far an id of this app can be trusted, when it is one of its ids; patterns count.
    pub fn status_of(&self, platform: Platform, id: &str) -> Option<IdStatus> {
        let ids = self.ids(platform);
        let exact = ids.iter().find(|known| known.id == id);
        exact.or_else(|| ids.iter().find(|known| glob::matches(&known.id, id))).map(|known| known.status)
    }
}

/// A file of an organization that a catalogue was extended with: what a report says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFile {
    /// The name of the file, without its folder.
    pub name: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// The day of its facts, `YYYY-MM-DD`.
    pub as_of: String,
    /// Apps that it adds.
    pub apps: usize,
    /// Apps that it corrects.
    pub corrections: usize,
}

/// The file as it is written.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    as_of: String,
    sources: BTreeMap<String, String>,
    categories: BTreeMap<String, Text>,
    countries: BTreeMap<String, Text>,
    app: Vec<App>,
}

/// The catalogue of apps.
pub struct Catalog {
    file: File,
    /// Id and place of the app, sorted by id; patterns are kept apart.
    android: Vec<(String, usize)>,
    ios: Vec<(String, usize)>,
    patterns: Vec<(Platform, String, usize)>,
    /// The places of the apps of which no id on a platform was verified.
    unverified: Vec<(Platform, usize)>,
    /// Selectors of an organization, by name.
    groups: BTreeMap<String, String>,
    provenance: Vec<OwnFile>,
}

impl Catalog {
    /// The catalogue that ships with poucet.
    ///
    /// Parsed on first use, in about two milliseconds. The text is part of the program and a test reads it whole; were it
    /// ever damaged, the catalogue would be empty rather than the program stopped.
    pub fn builtin() -> &'static Catalog {
        static BUILTIN: OnceLock<Catalog> = OnceLock::new();
        BUILTIN.get_or_init(|| Catalog::parse(include_str!("catalog.toml")).unwrap_or_else(|_| Catalog::empty()))
    }

    /// Reads a catalogue from text in the shape of `catalog.toml`.
    ///
    /// # Errors
    /// The text is not TOML, or not of that shape.
    pub fn parse(text: &str) -> Result<Catalog, toml::de::Error> {
        let mut file: File = toml::from_str(text)?;
        file.app.sort_by(|left, right| left.slug.cmp(&right.slug));
        Ok(Catalog::index(file))
    }

    fn empty() -> Catalog {
        Catalog::index(File {
            as_of: String::new(),
            sources: BTreeMap::new(),
            categories: BTreeMap::new(),
            countries: BTreeMap::new(),
            app: Vec::new(),
        })
    }

    fn index(file: File) -> Catalog {
        let (mut android, mut ios, mut patterns, mut unverified) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (place, app) in file.app.iter().enumerate() {
            for platform in Platform::ALL {
                let ids = app.ids(*platform);
                if !ids.is_empty() && ids.iter().all(|id| id.status == IdStatus::Unverified) {
                    unverified.push((*platform, place));
                }
                for known in ids {
                    if glob::is_pattern(&known.id) {
                        patterns.push((*platform, known.id.clone(), place));
                    } else if *platform == Platform::Android {
                        android.push((known.id.clone(), place));
                    } else {
                        ios.push((known.id.clone(), place));
                    }
                }
            }
        }
        android.sort();
        ios.sort();
        Catalog { file, android, ios, patterns, unverified, groups: BTreeMap::new(), provenance: Vec::new() }
    }

    /// The day for which publishers and countries of control were established, `YYYY-MM-DD`.
    pub fn as_of(&self) -> &str {
        &self.file.as_of
    }

    /// The day for which the publisher and the country of control of an app were established, `YYYY-MM-DD`: that of the
    /// organization's own file where one says who controls it, else [`Catalog::as_of`].
    pub fn as_of_of(&self, slug: &str) -> &str {
        self.by_slug(slug).and_then(|app| app.owner_as_of.as_deref()).unwrap_or(self.as_of())
    }

    /// The files of an organization that extend this catalogue, in the order in which they were named; none as it ships.
    pub fn provenance(&self) -> &[OwnFile] {
        &self.provenance
    }

    /// The groups of an organization: name and selector, sorted by name. Its profiles use them as `@name`.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &str)> {
        self.groups.iter().map(|(name, selector)| (name.as_str(), selector.as_str()))
    }

    /// The selector of a group of an organization.
    pub fn group(&self, name: &str) -> Option<&str> {
        self.groups.get(name).map(String::as_str)
    }

    /// Every app, sorted by slug.
    pub fn apps(&self) -> &[App] {
        &self.file.app
    }

    /// The categories: word and names, sorted by word.
    pub fn categories(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.file.categories.iter().map(|(word, names)| (word.as_str(), names))
    }

    /// The names of a category.
    pub fn category(&self, word: &str) -> Option<&Text> {
        self.file.categories.get(word)
    }

    /// The names of a country of control, by its ISO 3166-1 alpha-2 code.
    pub fn country(&self, code: &str) -> Option<&Text> {
        self.file.countries.get(code)
    }

    /// The letters that stand for sources of ids, and what each source is.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.file.sources.iter().map(|(letter, source)| (letter.as_str(), source.as_str()))
    }

    /// The app with this slug.
    pub fn by_slug(&self, slug: &str) -> Option<&App> {
        let place = self.file.app.binary_search_by(|app| app.slug.as_str().cmp(slug)).ok()?;
        self.file.app.get(place)
    }

    /// The app installed under this Android package name; a pattern of a modified client counts when no exact id does.
    pub fn by_android_id(&self, id: &str) -> Option<&App> {
        self.by_id(Platform::Android, id)
    }

    /// The app installed under this iOS bundle id.
    pub fn by_ios_id(&self, id: &str) -> Option<&App> {
        self.by_id(Platform::Ios, id)
    }

    /// The app installed under this id on a platform.
    pub fn by_id(&self, platform: Platform, id: &str) -> Option<&App> {
        self.file.app.get(self.place_of(platform, id)?)
    }

    /// The place in [`Catalog::apps`] of the app installed under this id.
    pub(crate) fn place_of(&self, platform: Platform, id: &str) -> Option<usize> {
        let exact = match platform {
            Platform::Android => &self.android,
            Platform::Ios => &self.ios,
        };
        match exact.binary_search_by(|(known, _)| known.as_str().cmp(id)) {
            Ok(found) => exact.get(found).map(|(_, place)| *place),
            Err(_) => self
                .patterns
                .iter()
                .find(|(on, pattern, _)| *on == platform && glob::matches(pattern, id))
                .map(|(_, _, place)| *place),
        }
    }

    /// The apps of which no id on a platform was verified, sorted by slug.
    pub(crate) fn unverified(&self, platform: Platform) -> impl Iterator<Item = &App> {
        let places = self.unverified.iter().filter(move |(on, _)| *on == platform);
        places.filter_map(|(_, place)| self.file.app.get(*place))
    }

    /// How far an id can be trusted; `None` when the catalogue does not know it.
    pub fn status_of(&self, platform: Platform, id: &str) -> Option<IdStatus> {
        self.by_id(platform, id)?.status_of(platform, id)
    }

    /// The apps whose slug, name, publisher, category or id contains the word, whatever its case; sorted by slug, those
    /// whose slug or name starts with the word first.
    pub fn search(&self, word: &str) -> Vec<&App> {
        let wanted = word.trim().to_lowercase();
        if wanted.is_empty() {
            return Vec::new();
        }
        let contains = |text: &str| text.to_lowercase().contains(&wanted);
        let mut found: Vec<&App> = self
            .file
            .app
            .iter()
            .filter(|app| {
                contains(&app.slug)
                    || contains(&app.name)
                    || contains(&app.publisher)
                    || contains(&app.category)
                    || app.android.iter().chain(&app.ios).any(|known| contains(&known.id))
            })
            .collect();
        found.sort_by_key(|app| !(app.slug.starts_with(&wanted) || app.name.to_lowercase().starts_with(&wanted)));
        found
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The linter of the data file; `docs/catalog.md` names what it refuses.
    fn lint(text: &str) -> Vec<String> {
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => return vec![error.to_string()],
        };
        let mut faults = Vec::new();
        let slugs: BTreeSet<&str> = file.app.iter().map(|app| app.slug.as_str()).collect();
        let mut owners: BTreeMap<(Platform, String), String> = BTreeMap::new();
        let mut used_sources = BTreeSet::new();
        for pair in file.app.windows(2) {
            if pair[0].slug >= pair[1].slug {
                faults.push(format!("not sorted, or twice: {} then {}", pair[0].slug, pair[1].slug));
            }
        }
        for app in &file.app {
            let slug = &app.slug;
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if slug.is_empty() || !slug.chars().all(kebab) {
                faults.push(format!("{slug}: not kebab-case"));
            }
            if !file.categories.contains_key(&app.category) {
                faults.push(format!("{slug}: no category {}", app.category));
            }
            if !file.countries.contains_key(&app.country_of_control) {
                faults.push(format!("{slug}: no country {}", app.country_of_control));
            }
            if app.android.is_empty() && app.ios.is_empty() {
                faults.push(format!("{slug}: no id"));
            }
            for (word, text) in [("note", &app.note), ("cannot_tell", &app.cannot_tell)] {
                if text.as_ref().is_some_and(|text| !text.is_complete()) {
                    faults.push(format!("{slug}: {word} in one language"));
                }
            }
            for other in app.variant_of.iter().chain(&app.imitates) {
                if !slugs.contains(other.as_str()) || other == slug {
                    faults.push(format!("{slug}: no app {other}"));
                }
            }
            if app.imitates.is_some() != (app.category == "modified-client") {
                faults.push(format!("{slug}: modified clients, and only they, say whom they imitate"));
            }
            for platform in Platform::ALL {
                for known in app.ids(*platform) {
                    let letters: Vec<&str> = known.sources.split('+').filter(|letter| !letter.is_empty()).collect();
                    let strong = letters.iter().any(|letter| !["B", "G"].contains(letter)) || letters.len() > 1;
                    let agrees = match known.status {
                        IdStatus::Unverified => letters.is_empty(),
                        IdStatus::SingleSource => !letters.is_empty() && !strong,
                        IdStatus::Verified => strong,
                    };
                    if !agrees {
                        faults.push(format!(
                            "{slug}: {} is {:?} with sources {:?}",
                            known.id, known.status, known.sources
                        ));
                    }
                    for letter in letters {
                        used_sources.insert(letter.to_string());
                        if !file.sources.contains_key(letter) {
                            faults.push(format!("{slug}: no source {letter}"));
                        }
                    }
                    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-*".contains(c);
                    if known.id.is_empty() || !known.id.chars().all(allowed) {
                        faults.push(format!("{slug}: odd id {}", known.id));
                    }
                    if glob::is_pattern(&known.id) && app.category != "modified-client" {
                        faults.push(format!("{slug}: pattern {} outside modified clients", known.id));
                    }
                    if let Some(owner) = owners.insert((*platform, known.id.clone()), slug.clone()) {
                        faults.push(format!("{slug}: {} belongs to {owner}", known.id));
                    }
                }
            }
        }
        for app in &file.app {
            for known in app.android.iter().filter(|known| glob::is_pattern(&known.id)) {
                for ((platform, id), owner) in &owners {
                    if *platform == Platform::Android && *owner != app.slug && glob::matches(&known.id, id) {
                        faults.push(format!("{}: {} reaches {id} of {owner}", app.slug, known.id));
                    }
                }
            }
        }
        for (word, names) in file.categories.iter().chain(&file.countries) {
            if !names.is_complete() {
                faults.push(format!("{word}: named in one language"));
            }
            let used = file.app.iter().any(|app| app.category == *word || app.country_of_control == *word);
            if !used {
                faults.push(format!("{word}: nobody uses it"));
            }
        }
        faults
    }

    #[test]
    fn the_catalogue_lints_clean() {
        assert_eq!(lint(include_str!("catalog.toml")), Vec::<String>::new());
        assert_eq!(Catalog::builtin().apps().len(), 209);
    }

    #[test]
    fn the_linter_sees_planted_faults() {
        let planted = r#"
            as_of = "2026-11-01"
            [sources]
            L = "a list"
            [categories]
            forum = { en = "Forum", fr = "" }
            [countries]
            CA = { en = "Canada", fr = "Canada" }
            [[app]]
            slug = "b"
            name = "B"
            publisher = "B"
            country_of_control = "QC"
            category = "forums"
            android = [{ id = "org.example.b", status = "verified" }, { id = "org.example.*", status = "unverified" }]
            [[app]]
            slug = "a"
            name = "A"
            publisher = "A"
            country_of_control = "CA"
            category = "forum"
            variant_of = "nobody"
            cannot_tell = { en = "Who owns it", fr = "" }
            android = [{ id = "org.example.b", status = "single-source", sources = "Z" }]
        "#;
        let faults = lint(planted).join("\n");
        for expected in [
            "not sorted, or twice: b then a",
            "b: no category forums",
            "b: no country QC",
            "b: org.example.b is Verified with sources \"\"",
            "b: pattern org.example.* outside modified clients",
            "a: no app nobody",
            "a: org.example.b belongs to b",
            "a: no source Z",
            "a: cannot_tell in one language",
            "forum: named in one language",
            "b: org.example.* reaches org.example.b of a",
        ] {
            assert!(faults.contains(expected), "{expected} is not among:\n{faults}");
        }
    }

    #[test]
    fn ids_resolve_on_both_platforms() {
        let catalog = Catalog::builtin();
        let slug = |app: Option<&App>| app.map(|app| app.slug.clone());
        assert_eq!(slug(catalog.by_android_id("com.zhiliaoapp.musically")).as_deref(), Some("tiktok"));
        assert_eq!(slug(catalog.by_android_id("com.ss.android.ugc.trill")).as_deref(), Some("tiktok"));
        assert_eq!(slug(catalog.by_ios_id("com.burbn.instagram")).as_deref(), Some("instagram"));
        assert_eq!(slug(catalog.by_ios_id("com.instagram.android")), None);
        assert_eq!(slug(catalog.by_android_id("com.android.chrome")), None);
        assert_eq!(catalog.by_slug("tiktok-lite").and_then(|app| app.variant_of.as_deref()), Some("tiktok"));
        assert!(catalog.by_slug("tik-tok").is_none());
    }

    #[test]
    fn patterns_of_modified_clients_resolve_after_exact_ids() {
        let catalog = Catalog::builtin();
        let found = catalog.by_android_id("com.gbwhatsapp3").map(|app| app.slug.as_str());
        assert_eq!(found, Some("whatsapp-mods"));
        assert_eq!(catalog.by_android_id("com.fmwhatsapp7").map(|app| app.slug.as_str()), Some("whatsapp-mods"));
        assert_eq!(catalog.status_of(Platform::Android, "com.fmwhatsapp7"), Some(IdStatus::Unverified));
        assert_eq!(catalog.status_of(Platform::Android, "com.fmwhatsapp"), Some(IdStatus::Verified));
        assert_eq!(catalog.status_of(Platform::Ios, "com.kwai.video"), Some(IdStatus::Unverified));
        assert_eq!(catalog.status_of(Platform::Ios, "org.example.nothing"), None);
    }

    #[test]
    fn assistants_of_both_platforms_resolve_by_verified_ids() {
        let catalog = Catalog::builtin();
        let verified = |ids: &[AppId]| ids.iter().any(|id| id.status == IdStatus::Verified);
        let assistants: Vec<&App> = catalog.apps().iter().filter(|app| app.category == "ai-assistant").collect();
        let both = assistants.iter().filter(|app| verified(&app.android) && verified(&app.ios)).count();
        assert!(both >= 12, "{both} assistants with a verified id on both platforms");
        for (platform, id, slug) in [
            (Platform::Android, "com.openai.chatgpt", "chatgpt"),
            (Platform::Ios, "com.openai.chat", "chatgpt"),
            (Platform::Android, "com.deepseek.chat", "deepseek"),
            (Platform::Ios, "com.deepseek.chat", "deepseek"),
            (Platform::Android, "com.google.android.apps.bard", "gemini"),
            (Platform::Ios, "ai.x.GrokApp", "grok"),
            (Platform::Ios, "com.facebook.stellaapp", "meta-ai"),
        ] {
            assert_eq!(catalog.by_id(platform, id).map(|app| app.slug.as_str()), Some(slug), "{id}");
            assert_eq!(catalog.status_of(platform, id), Some(IdStatus::Verified), "{id}");
        }
    }

    #[test]
    fn fewer_than_ten_ids_are_unverified() {
        let unverified: Vec<&str> = Catalog::builtin()
            .apps()
            .iter()
            .flat_map(|app| app.android.iter().chain(&app.ios))
            .filter(|id| id.status == IdStatus::Unverified)
            .map(|id| id.id.as_str())
            .collect();
        assert!(unverified.len() < 10, "{unverified:?}");
    }

    #[test]
    fn search_finds_by_name_owner_and_id_and_puts_the_closest_first() {
        let catalog = Catalog::builtin();
        let slugs = |word: &str| catalog.search(word).iter().map(|app| app.slug.clone()).collect::<Vec<_>>();
        assert_eq!(slugs("tiktok").first().map(String::as_str), Some("tiktok"));
        assert!(slugs("bytedance").contains(&"capcut".to_string()));
        assert!(slugs("KATANA").contains(&"facebook".to_string()));
        assert!(slugs("  ").is_empty());
    }

    #[test]
    fn the_apps_of_the_benchmark_resolve() {
        let missing: Vec<&str> = "com.zhiliaoapp.musically com.ss.android.ugc.trill com.instagram.android \
            com.instagram.barcelona com.facebook.katana com.facebook.orca com.facebook.lite com.snapchat.android \
            com.twitter.android com.whatsapp com.whatsapp.w4b org.telegram.messenger org.thoughtcrime.securesms com.discord \
            com.reddit.frontpage com.pinterest com.linkedin.android com.tencent.mm com.tencent.mobileqq com.sina.weibo \
            com.xingin.xhs com.viber.voip jp.naver.line.android com.kakao.talk com.bereal.ft com.tumblr \
            org.joinmastodon.android xyz.blueskyweb.app com.vkontakte.android com.imo.android.imoim \
            com.google.android.youtube com.quora.android tv.twitch.android.app"
            .split_whitespace()
            .filter(|id| Catalog::builtin().by_android_id(id).is_none())
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
    }
}
