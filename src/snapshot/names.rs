//! What things are called where a person reads of them: a phone by maker and model, with the maker in it once; what has no name by its id.
//!
//! Many makers write their name into the model as well: `ro.product.model` of a TECNO is `TECNO CK7n`, of some Infinix `Infinix X6525`
//! beside the maker `INFINIX MOBILITY LIMITED`.

use super::Device;

impl Device {
    /// Maker and model, as every list and report names a phone; `None` where neither is known.
    pub fn name(&self) -> Option<String> {
        let known = |text: &Option<String>| text.as_deref().map(str::trim).unwrap_or_default().to_owned();
        let (maker, model) = (known(&self.manufacturer), known(&self.model));
        let name = match (maker.is_empty(), model.is_empty()) {
            (true, true) => return None,
            (_, true) => maker,
            (true, _) => model,
            (false, false) if names_maker(&model, &maker) => model,
            (false, false) => format!("{maker} {model}"),
        };
        Some(name)
    }
}

/// A name, or the id of what has none; a name of nothing but white space is none. `…` where there is no id either.
pub fn name_or_id<'a>(name: Option<&'a str>, id: &'a str) -> &'a str {
    let told = |text: &&str| !text.trim().is_empty();
    name.filter(told).or(Some(id).filter(told)).unwrap_or("…")
}

/// Whether a model names its maker itself: it begins with the maker's whole name, or with the first word of it.
fn names_maker(model: &str, maker: &str) -> bool {
    begins_with(model, maker)
        || maker.split_whitespace().next().is_some_and(|first| {
            model.split_whitespace().next().is_some_and(|word| word.to_lowercase() == first.to_lowercase())
        })
}

fn begins_with(text: &str, start: &str) -> bool {
    !start.is_empty() && text.to_lowercase().starts_with(&start.to_lowercase())
}

/// A name that an earlier version stored with the maker before a model that names it already, as [`Device::name`] gives it. Any other
/// name stays as it is.
pub fn without_double(stored: &str) -> &str {
    let first = stored.split_whitespace().next().unwrap_or_default();
    let spaces = stored.char_indices().filter(|(_, character)| character.is_whitespace());
    for (at, space) in spaces {
        let (Some(maker), Some(model)) = (stored.get(..at), stored.get(at + space.len_utf8()..)) else { continue };
        // A short maker such as `LG` begins words that are not its name: only whole words count there.
        let word = model.split_whitespace().next().unwrap_or_default();
        if word.to_lowercase() == first.to_lowercase() || begins_with(model, maker) {
            return model;
        }
    }
    stored
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::audit::tests::phone;

    fn name(maker: Option<&str>, model: Option<&str>) -> Option<String> {
        let mut device = phone().device;
        device.manufacturer = maker.map(str::to_owned);
        device.model = model.map(str::to_owned);
        device.name()
    }

    #[test]
    fn a_maker_that_the_model_names_is_named_once() {
        for (maker, model, said) in [
            (Some("TECNO"), Some("TECNO CK7n"), Some("TECNO CK7n")),
            (Some("INFINIX MOBILITY LIMITED"), Some("Infinix X6525"), Some("Infinix X6525")),
            (Some("OnePlus"), Some("ONEPLUS A6003"), Some("ONEPLUS A6003")),
            (Some("LGE"), Some("LGE-H870"), Some("LGE-H870")),
            (Some("samsung"), Some("SM-A356W"), Some("samsung SM-A356W")),
            (Some("Google"), Some("Pixel 9"), Some("Google Pixel 9")),
            (Some("  "), Some("Pixel 9"), Some("Pixel 9")),
            (Some("Fairphone"), None, Some("Fairphone")),
            (None, None, None),
            (Some(""), Some(" "), None),
        ] {
            assert_eq!(name(maker, model).as_deref(), said, "{maker:?} {model:?}");
        }
    }

    #[test]
    fn what_has_an_empty_name_is_called_by_its_id() {
        assert_eq!(name_or_id(Some("TikTok"), "com.tiktok"), "TikTok");
        assert_eq!((name_or_id(Some(" "), "com.tiktok"), name_or_id(None, "com.tiktok")), ("com.tiktok", "com.tiktok"));
        assert_eq!(name_or_id(Some(""), " "), "…");
    }

    #[test]
    fn a_name_that_was_stored_twice_is_read_once() {
        for (stored, said) in [
            ("TECNO TECNO CK7n", "TECNO CK7n"),
            ("INFINIX MOBILITY LIMITED Infinix X6525", "Infinix X6525"),
            ("LGE LGE-H870", "LGE-H870"),
            ("samsung SM-A356W", "samsung SM-A356W"),
            ("Google Pixel 9", "Google Pixel 9"),
            ("HMD Global Nokia 8.3 5G", "HMD Global Nokia 8.3 5G"),
            ("TECNO", "TECNO"),
            ("", ""),
        ] {
            assert_eq!(without_double(stored), said, "{stored}");
        }
    }

    proptest! {
        #[test]
        fn what_was_stored_before_is_read_as_what_is_said_now(maker in "[A-Z][a-z]{1,7}( LIMITED| Mobility)?", model in "[A-Z0-9][a-zA-Z0-9-]{1,8}", named: bool) {
            let model = if named { format!("{maker} {model}") } else { format!("9{model}") };
            let stored = format!("{maker} {model}");
            prop_assert_eq!(Some(without_double(&stored).to_owned()), name(Some(&maker), Some(&model)));
        }
    }
}
