//! Which apps a rule is about, in words.

use super::model::platform_name;
use crate::catalog::Catalog;
use crate::profile::Selection;
use crate::profile::selector::Shape;
use crate::text::Text;
use crate::text::both::{code, list, list_with, same, sentences};

/// Parts that are put in words; a selector with more is shown as it is written.
const MOST_PARTS: usize = 60;
/// Characters of a selector as it is written.
const LONGEST: usize = 600;
/// Apps that are named.
const NAMED: usize = 6;

/// The selection in words; `None` when it is too long for that.
pub(super) fn in_words(selection: &Selection, catalog: &Catalog) -> Option<Text> {
    let shape = selection.shape();
    (parts(&shape) <= MOST_PARTS).then(|| words(&shape, catalog, false))
}

/// The selector as it judges, with groups and parameters filled in.
pub(super) fn as_written(selection: &Selection) -> String {
    let text = selection.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// How many apps of the catalogue are selected, with the first few names.
pub(super) fn selected(selection: &Selection, catalog: &Catalog) -> Text {
    let slugs = selection.catalogue_slugs();
    let name = |slug: &String| catalog.by_slug(slug).map_or_else(|| slug.clone(), |app| app.name.clone());
    let names: Vec<Text> = slugs.iter().take(NAMED).map(|slug| same(&name(slug))).collect();
    let more = slugs.len().saturating_sub(names.len());
    let names = if more == 0 {
        list(&names)
    } else {
        sentences().count("explain-names-more", more, &[("names", &list(&names))])
    };
    sentences().count("explain-apps-selected", slugs.len(), &[("names", &names)])
}

fn parts(shape: &Shape<'_>) -> usize {
    match shape {
        Shape::Not(inner) => parts(inner),
        Shape::All(inner) | Shape::AnyOf(inner) => inner.iter().map(parts).sum(),
        _ => 1,
    }
}

fn words(shape: &Shape<'_>, catalog: &Catalog, inside: bool) -> Text {
    let wrap =
        |text: Text| if inside { Text { en: format!("({})", text.en), fr: format!("({})", text.fr) } } else { text };
    match shape {
        Shape::Any => sentences().get("explain-select-any"),
        Shape::App(slug) => same(catalog.by_slug(slug).map_or(slug, |app| &app.name)),
        Shape::Category(word) => {
            let name = catalog.category(word).cloned().unwrap_or_else(|| same(word));
            sentences().with("explain-select-category", &[("name", &name)])
        }
        Shape::Owner(owner) => sentences().with("explain-select-owner", &[("name", &same(owner))]),
        Shape::Country(country) => {
            let name = catalog.country(country).cloned().unwrap_or_else(|| same(country));
            sentences().with("explain-select-country", &[("name", &name)])
        }
        Shape::Id(platform, pattern) => {
            let platform = same(platform_name(*platform));
            sentences().with("explain-select-id", &[("platform", &platform), ("id", &code(pattern))])
        }
        Shape::Not(inner) => wrap(except(&sentences().get("explain-select-any"), &[inner], catalog)),
        Shape::AnyOf(inner) => wrap(list_with(&alternatives(inner, catalog, "explain-list-or"), "explain-list-or")),
        Shape::All(inner) => {
            let mut wanted = Vec::new();
            let mut unwanted: Vec<&Shape<'_>> = Vec::new();
            // A group within a group reads as one list.
            let mut waiting: Vec<&Shape<'_>> = inner.iter().rev().collect();
            while let Some(part) = waiting.pop() {
                match part {
                    Shape::All(inner) => waiting.extend(inner.iter().rev()),
                    Shape::Not(inner) => unwanted.push(inner),
                    Shape::Any => {}
                    other => wanted.push(words(other, catalog, true)),
                }
            }
            let wanted = match wanted.split_first() {
                None => sentences().get("explain-select-any"),
                Some((first, rest)) => rest.iter().fold(first.clone(), |before, next| {
                    sentences().with("explain-select-both", &[("one", &before), ("other", next)])
                }),
            };
            wrap(if unwanted.is_empty() { wanted } else { except(&wanted, &unwanted, catalog) })
        }
    }
}

/// Each part in words; categories stand together in one.
fn alternatives(parts: &[Shape<'_>], catalog: &Catalog, between: &str) -> Vec<Text> {
    let category = |shape: &Shape<'_>| match shape {
        Shape::Category(word) => Some(catalog.category(word).cloned().unwrap_or_else(|| same(word))),
        _ => None,
    };
    let names: Vec<Text> = parts.iter().filter_map(category).collect();
    if names.len() < 2 {
        return parts.iter().map(|part| words(part, catalog, true)).collect();
    }
    let quoted: Vec<Text> = names.iter().map(|name| sentences().with("explain-quoted", &[("name", name)])).collect();
    let categories = sentences().with("explain-select-categories", &[("names", &list_with(&quoted, between))]);
    let others = parts.iter().filter(|part| category(part).is_none()).map(|part| words(part, catalog, true));
    std::iter::once(categories).chain(others).collect()
}

/// “These, except those”; alternatives that are excepted stand in one list.
fn except(wanted: &Text, unwanted: &[&Shape<'_>], catalog: &Catalog) -> Text {
    let mut out = Vec::new();
    for shape in unwanted {
        match shape {
            Shape::AnyOf(inner) => out.extend(alternatives(inner, catalog, "explain-list-and")),
            other => out.push(words(other, catalog, true)),
        }
    }
    sentences().with("explain-select-except", &[("apps", wanted), ("others", &list_with(&out, "explain-list-and"))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile;

    fn words_of(selector: &str) -> (Text, String, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ours.toml");
        let texts = "title = { en = \"a\", fr = \"a\" }\n";
        let text = format!(
            "format = 1\nid = \"ours\"\n{texts}[rule.one]\n{texts}why = {{ en = \"a\", fr = \"a\" }}\n\
             severity = \"low\"\npresence = \"absent\"\napps = '{selector}'\n"
        );
        std::fs::write(&path, text).unwrap();
        let profile = profile::load(&path.display().to_string(), Catalog::builtin()).unwrap();
        let selection = profile.rule("one").unwrap().apps.clone().unwrap();
        let catalog = Catalog::builtin();
        let words = in_words(&selection, catalog).unwrap_or_default();
        (words, as_written(&selection), selected(&selection, catalog).en)
    }

    #[test]
    fn selectors_in_words() {
        let en = |selector: &str| words_of(selector).0.en;
        assert_eq!(en("any"), "every app of the catalogue");
        assert_eq!(en("tiktok or instagram"), "TikTok or Instagram");
        assert_eq!(en("owner:ByteDance and not tiktok"), "apps of ByteDance, except TikTok");
        let catalog = Catalog::builtin();
        let china = &catalog.country("CN").unwrap().en;
        let messenger = &catalog.category("messenger").unwrap().en;
        assert_eq!(
            en("country:CN and category:messenger"),
            format!("apps whose owner is under the laws of: {china} that are also apps of the category “{messenger}”")
        );
        assert_eq!(en("not (tiktok or instagram)"), "every app of the catalogue, except TikTok and Instagram");
        assert_eq!(en("(any and not tiktok) and not instagram"), en("not (tiktok or instagram)"));
        assert_eq!(en("tiktok or (any and not instagram)"), "TikTok or (every app of the catalogue, except Instagram)");
        assert_eq!(en("android:com.zhiliaoapp.*"), "apps installed on Android as `com.zhiliaoapp.*`");
        let (words, written, count) = words_of("not (tiktok or instagram)");
        assert_eq!(words.fr, "toutes les applications du catalogue, sauf TikTok et Instagram");
        assert_eq!(written, "not (tiktok or instagram)");
        assert!(count.contains(" apps: ") && count.contains(" more"), "{count}");
        assert_eq!(words_of("tiktok").2, "one app: TikTok");
    }

    #[test]
    fn a_long_selector_stays_as_it_is_written() {
        let slugs: Vec<&str> = Catalog::builtin().apps().iter().map(|app| app.slug.as_str()).collect();
        let (words, written, _) = words_of(&slugs.join(" or "));
        assert_eq!(words, Text::default());
        assert!(written.ends_with('…') && written.chars().count() == LONGEST + 1);
    }
}
