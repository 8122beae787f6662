//! What a person does by hand: where to look, what to press, for each platform and, where menus differ, for each maker.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::words::Platform;
use crate::text::Text;

super::words::words! {
/// A maker whose menus differ from those of Google's Android.
Vendor {
    /// Samsung.
    Samsung => "samsung",
    /// Xiaomi, Redmi, POCO.
    Xiaomi => "xiaomi",
    /// Huawei, Honor.
    Huawei => "huawei",
    /// OPPO, OnePlus, realme.
    Oppo => "oppo",
    /// vivo.
    Vivo => "vivo",
    /// Motorola.
    Motorola => "motorola",
}
}

impl Vendor {
    /// The maker of a phone, by the name that its system image gives; sister brands count.
    pub fn of(manufacturer: &str) -> Option<Vendor> {
        match manufacturer.to_ascii_lowercase().as_str() {
            "redmi" | "poco" => Some(Vendor::Xiaomi),
            "honor" => Some(Vendor::Huawei),
            "oneplus" | "realme" => Some(Vendor::Oppo),
            name => Vendor::from_word(name),
        }
    }
}

/// What to do by hand, on each platform.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// On Android; `None` when there is nothing to do there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub android: Option<Text>,
    /// On iOS; `None` when there is nothing to do there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ios: Option<Text>,
    /// On phones of a maker whose menus differ.
    #[serde(flatten)]
    pub vendors: BTreeMap<Vendor, Text>,
}

impl Steps {
    /// The text for a phone: on Android that of its maker, if there is one, before the common one.
    pub fn of(&self, platform: Platform, manufacturer: Option<&str>) -> Option<&Text> {
        match platform {
            Platform::Android => {
                let own = manufacturer.and_then(Vendor::of).and_then(|vendor| self.vendors.get(&vendor));
                own.or(self.android.as_ref())
            }
            Platform::Ios => self.ios.as_ref(),
        }
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.android.is_none() && self.ios.is_none() && self.vendors.is_empty()
    }
}
