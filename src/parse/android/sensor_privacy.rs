//! `dumpsys sensor_privacy` (Android 12 and later): the switches that cut off microphone and camera
//! (`SensorPrivacyService.dump`, `SensorPrivacyStateControllerImpl.dumpLocked`).

use crate::evidence::Reason;

use super::blocks::{self, Block};
use super::located::{Located, Tally, boolean, whole_gaps};
use super::parsed::{ParseGap, Parsed};

/// A sensor with a switch (`SensorPrivacyManager.Sensors`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensor {
    /// The microphone, 1.
    Microphone,
    /// The camera, 2.
    Camera,
}

/// The state of one switch of one user. A switch that was never touched is not listed: the sensor is not cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The user.
    pub user: u32,
    /// The sensor.
    pub sensor: Sensor,
    /// Whether it is a switch in the phone's case, and not in its software.
    pub hardware: bool,
    /// Whether the sensor is cut off from every app.
    pub blocked: Located<bool>,
}

/// The switches of a phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SensorPrivacy {
    /// In the order of the text.
    pub switches: Vec<Switch>,
}

impl SensorPrivacy {
    /// Whether a sensor is cut off for a user, by either switch, with the line that shows it. `None` when no switch of
    /// this sensor is listed for the user.
    pub fn blocked(&self, user: u32, sensor: Sensor) -> Option<&Located<bool>> {
        let mut own = self.switches.iter().filter(|switch| switch.user == user && switch.sensor == sensor);
        let first = own.clone().next();
        own.find(|switch| switch.blocked.value).or(first).map(|switch| &switch.blocked)
    }
}

/// Reads `dumpsys sensor_privacy`. Android 12 prints `individual_enabled_sensor={ sensor= is_enabled= }` in each user,
/// 13 and later `sensors={ sensor= toggles={ toggle_type= state_type= } }`. "Enabled" speaks of the privacy: the sensor
/// is off.
pub fn parse(text: &str) -> Parsed<SensorPrivacy> {
    let (root, complete) = blocks::parse(text);
    let mut facts = SensorPrivacy::default();
    let mut tally = Tally::default();
    let users = [root.all("users"), root.all("user")].concat();
    for block in &users {
        let Some(user) = block.field("user_id").and_then(|id| id.value.parse().ok()) else {
            tally.malformed(block.line());
            continue;
        };
        for one in block.blocks("individual_enabled_sensor") {
            add(user, one, one, &mut facts, &mut tally);
        }
        for sensor in block.blocks("sensors") {
            for toggle in sensor.blocks("toggles") {
                add(user, sensor, toggle, &mut facts, &mut tally);
            }
        }
    }
    let recognised = !users.is_empty() || text.contains("SENSOR PRIVACY MANAGER STATE");
    let mut gaps = whole_gaps(text, recognised);
    if recognised && !complete && gaps.is_empty() {
        gaps.push(ParseGap { reason: Reason::Truncated, read: None, of: None, detail: String::new() });
    }
    gaps.extend(tally.gap());
    Parsed { facts, gaps }
}

fn add(user: u32, sensor: &Block<'_>, state: &Block<'_>, facts: &mut SensorPrivacy, tally: &mut Tally) {
    let known = sensor.field("sensor").and_then(|field| match field.value.to_ascii_lowercase().as_str() {
        "1" | "microphone" => Some(Sensor::Microphone),
        "2" | "camera" => Some(Sensor::Camera),
        _ => None,
    });
    // `SensorPrivacyManager.StateTypes`: 1 enabled, 2 disabled, and in cars 3 and 4, which leave out some apps.
    let by_state = state.field("state_type").and_then(|field| match field.value {
        "1" => Some(Located::new(true, field.line)),
        "2" => Some(Located::new(false, field.line)),
        _ => None,
    });
    let by_flag = state.field("is_enabled").and_then(|field| Some(Located::new(boolean(field.value)?, field.line)));
    match (known, by_state.or(by_flag)) {
        (Some(sensor), Some(blocked)) => {
            tally.read();
            let hardware = state.field("toggle_type").is_some_and(|kind| kind.value == "2");
            facts.switches.push(Switch { user, sensor, hardware, blocked });
        }
        _ => tally.malformed(state.line()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::android::located::mangled;

    const TWELVE: &str = "SENSOR PRIVACY MANAGER STATE (dumpsys sensor_privacy)\n{\n  users={\n    user_id=0\n    is_enabled=false\n    individual_enabled_sensor=[\n      {\n        sensor=1\n        is_enabled=true\n      }\n      {\n        sensor=2\n        is_enabled=false\n      }\n    ]\n  }\n}\n";
    const THIRTEEN: &str = "SENSOR PRIVACY MANAGER STATE (dumpsys sensor_privacy)\n{\n  storage_implementation=com.android.server.sensorprivacy.SensorPrivacyStateControllerImpl\n  users=[\n    {\n      user_id=0\n      sensors={\n        sensor=2\n        toggles=[\n          {\n            toggle_type=1\n            state_type=2\n            last_change=5\n          }\n          {\n            toggle_type=2\n            state_type=1\n            last_change=5\n          }\n        ]\n      }\n    }\n    {\n      user_id=10\n      sensors={\n        sensor=1\n        toggles={\n          toggle_type=1\n          state_type=2\n        }\n      }\n    }\n  ]\n}\n";

    #[test]
    fn reads_android_12() {
        let parsed = parse(TWELVE);
        assert_eq!(parsed.gaps, []);
        assert_eq!(parsed.facts.blocked(0, Sensor::Microphone), Some(&Located::new(true, 9)));
        assert_eq!(parsed.facts.blocked(0, Sensor::Camera), Some(&Located::new(false, 13)));
        assert_eq!(parsed.facts.blocked(10, Sensor::Camera), None);
    }

    #[test]
    fn reads_android_13_and_later() {
        let parsed = parse(THIRTEEN);
        assert_eq!(parsed.gaps, []);
        assert_eq!(parsed.facts.blocked(0, Sensor::Camera), Some(&Located::new(true, 17)));
        assert_eq!(parsed.facts.blocked(10, Sensor::Microphone).map(|blocked| blocked.value), Some(false));
        assert_eq!(
            parsed.facts.switches.iter().map(|switch| switch.hardware).collect::<Vec<_>>(),
            [false, true, false]
        );
    }

    #[test]
    fn says_what_is_missing() {
        assert_eq!(parse("Can't find service: sensor_privacy\n").gaps[0].reason, Reason::NotSupported);
        assert_eq!(parse("SENSOR PRIVACY MANAGER STATE (dumpsys sensor_privacy)\n{\n}\n").gaps, []);
        let cut: String = TWELVE.chars().take(150).collect();
        assert_eq!(parse(&cut).gaps[0].reason, Reason::Truncated);
        let parsed = parse("users={\nuser_id=0\nsensors={\nsensor=9\ntoggles={\nstate_type=1\n}\n}\n}\n");
        assert_eq!((parsed.gaps[0].read, parsed.gaps[0].of), (Some(0), Some(1)));
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), new in mangled(THIRTEEN), old in mangled(TWELVE)) {
            let _ = (parse(&text), parse(&new), parse(&old));
        }
    }
}
