use super::*;
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("../../../docs/examples/staff-phone-later.json");

#[test]
fn what_poucet_writes_is_read_at_once_and_back_to_the_same_bytes() {
    let snapshot = parse(EXAMPLE).unwrap();
    let line = serde_json::to_string(&snapshot).unwrap();
    assert!(is_plain(&line) && quick::read::<Snapshot>(&line).is_ok(), "the quick way is the usual one");
    assert_eq!(serde_json::to_string(&parse(&line).unwrap()).unwrap(), line);
}

#[test]
fn no_hostile_word_comes_in_by_either_way() {
    let name = |escaped: &str| {
        let text = EXAMPLE.replace("\"TikTok\"", &format!("\"{escaped}\""));
        let snapshot = parse(&text).unwrap();
        snapshot.apps.iter().find(|app| app.id == "com.zhiliaoapp.musically").unwrap().name.clone().unwrap()
    };
    assert_eq!(name("Télégram \\\" \\\\"), "Télégram \" \\");
    assert_eq!(name("a\\u001b[31m"), "a\u{fffd}[31m");
    assert_eq!(name("a\\nb\\u202eb"), "a\u{fffd}b\u{fffd}b");
    assert_eq!(name("a\u{202e}b"), "a\u{fffd}b");
    assert_eq!(name(&"x".repeat(5000)).chars().count(), LONGEST_WORD + 1);
    assert_eq!(name(&format!("\\\\{}", "x".repeat(5000))).chars().count(), LONGEST_WORD + 1);
}

#[test]
fn a_member_that_stands_twice_and_an_impossible_date_are_refused_with_their_place() {
    let told = |text: &str| parse(text).unwrap_err().to_string();
    let twice = EXAMPLE.replacen("\"schema\"", "\"device\": {\"platform\": \"ios\"}, \"schema\"", 1);
    assert!(told(&twice).contains("device") && told(&twice).contains("line"), "{}", told(&twice));
    // With an escape, which is read in another way.
    let escaped = twice.replacen("\"TikTok\"", "\"Tik\\u0054ok\"", 1);
    assert!(told(&escaped).contains("device") && told(&escaped).contains("line"), "{}", told(&escaped));
    let setting = EXAMPLE.replacen("\"settings\": {", "\"settings\": {\"screen-lock\": {\"state\": \"on\"}, ", 1);
    assert!(setting != EXAMPLE && parse(&setting).is_err());
    let taken = parse(EXAMPLE).unwrap().taken_at.unwrap();
    for date in ["9999-12-31T23:59:60+25:99", "2026-02-30T10:00:00Z", "yesterday", ""] {
        let text = EXAMPLE.replacen(&taken, date, 1);
        assert!(told(&text).contains("is no date") || date.is_empty(), "{date}: {}", told(&text));
    }
    for date in ["2026-02-28T10:00:00", "2026-02-28T10:00:00.25-05:00", "2026-02-28T10:00:00Z"] {
        assert!(parse(&EXAMPLE.replacen(&taken, date, 1)).is_ok(), "{date}");
    }
}

#[test]
fn another_schema_and_half_a_text_are_told() {
    assert!(matches!(parse(&EXAMPLE.replace("poucet.snapshot/1", "poucet.snapshot/9")), Err(ReadError::Schema(_))));
    assert!(matches!(parse(EXAMPLE.get(..EXAMPLE.len() / 2).unwrap()), Err(ReadError::Shape(_))));
}

/// JSON as `json.dumps` of Python writes it: a space after each comma and colon, and nothing but ASCII.
fn as_python_writes(value: &serde_json::Value) -> String {
    struct Spaced;
    impl serde_json::ser::Formatter for Spaced {
        fn begin_array_value<W: ?Sized + std::io::Write>(&mut self, to: &mut W, first: bool) -> std::io::Result<()> {
            to.write_all(if first { b"" } else { b", " })
        }
        fn begin_object_key<W: ?Sized + std::io::Write>(&mut self, to: &mut W, first: bool) -> std::io::Result<()> {
            to.write_all(if first { b"" } else { b", " })
        }
        fn begin_object_value<W: ?Sized + std::io::Write>(&mut self, to: &mut W) -> std::io::Result<()> {
            to.write_all(b": ")
        }
    }
    let mut text = Vec::new();
    serde::Serialize::serialize(value, &mut serde_json::Serializer::with_formatter(&mut text, Spaced)).unwrap();
    let mut units = [0; 2];
    let mut ascii = String::new();
    for character in String::from_utf8(text).unwrap().chars() {
        match character.is_ascii() {
            true => ascii.push(character),
            false => character.encode_utf16(&mut units).iter().for_each(|unit| ascii += &format!("\\u{unit:04x}")),
        }
    }
    ascii
}

/// The example with two of its apps, so that many of its kind are read soon; in its words what the quick way has to know.
fn small() -> serde_json::Value {
    let mut value: serde_json::Value = serde_json::from_str(EXAMPLE).unwrap();
    value["apps"].as_array_mut().unwrap().truncate(2);
    value["device"]["model"] = "Nokia «Ä» 😀 \\ \"5G\" /".into();
    value["apps"][1]["evidence"][0]["text"] = "label=\"Chloé's \\ phone 😀\"".into();
    value
}

/// Both ways give one snapshot, and nothing is read in the quick way that the thorough one refuses or changes.
fn both_ways_agree(text: &str) -> bool {
    let Ok(quick) = quick::read::<Snapshot>(text) else { return false };
    let told = serde_json::to_string(&quick).unwrap();
    let thorough = thoroughly(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(quick, thorough, "{text}");
    assert_eq!(told, serde_json::to_string(&thorough).unwrap(), "{text}");
    true
}

#[test]
fn what_other_programs_write_is_read_at_once_and_alike() {
    let value = small();
    assert!(both_ways_agree(&as_python_writes(&value)) && as_python_writes(&value).contains("\\ud83d\\ude00"));
    assert!(both_ways_agree(&value.to_string()), "sorted members, as `jq -S` writes them");
    assert!(both_ways_agree(&serde_json::to_string_pretty(&value).unwrap()));
    assert!(both_ways_agree(&value.to_string().replace('/', "\\/")), "as PHP writes them");
    assert!(both_ways_agree(EXAMPLE));
}

#[test]
fn what_is_out_of_the_ordinary_is_left_to_the_thorough_way() {
    let line = serde_json::to_string(&parse(EXAMPLE).unwrap()).unwrap();
    let strange = [
        ("\"TikTok\"", "\"Tik\\tTok\""),
        ("\"TikTok\"", "\"Tik\\u0000Tok\""),
        ("\"TikTok\"", "\"Tik\\u202eTok\""),
        ("\"TikTok\"", "\"Tik\u{202e}Tok\""),
        ("\"TikTok\"", "\"Tik\u{7f}Tok\""),
        ("\"TikTok\"", "\"Tik\\ud83dTok\""),
        ("\"TikTok\"", "\"Tik\\udb40\\udc41Tok\""),
        ("\"TikTok\"", &format!("\"{}\"", "é".repeat(LONGEST_WORD + 1))),
        ("\"schema\"", "\"colour\":1,\"schema\""),
        ("\"schema\"", "\"sch\\u0065ma\""),
        ("\"api_level\":35", "\"api_level\":35.0"),
        ("\"api_level\":35", "\"api_level\":3e1"),
        ("\"api_level\":35", "\"api_level\":035"),
        ("\"api_level\":35", "\"api_level\":-0"),
        ("\"api_level\":35", "\"api_level\":null,\"api_level\":35"),
        ("\"api_level\":35", "\"api_level\":4294967296"),
        ("\"source\":\"dumpsys package\"", "\"source\":\"x\",\"source\":\"dumpsys package\""),
        ("\"source\":\"dumpsys package\"", "\"of\":\"x\",\"source\":\"dumpsys package\""),
        ("\"source\":\"dumpsys package\",", ""),
        ("}", ","),
        ("]", ""),
    ];
    for (from, to) in strange {
        let text = line.replacen(from, to, 1);
        assert!(text != line && quick::read::<Snapshot>(&text).is_err(), "{to}");
    }
    assert!(quick::read::<Snapshot>(&format!("{line}{{}}")).is_err());
    // Just as long as a word may be, in letters of two bytes.
    assert!(both_ways_agree(&line.replacen("TikTok", &"é".repeat(LONGEST_WORD), 1)));
}

/// Writes JSON as somebody could who means harm, or who has a program of their own: members in any order, twice or not at all, values of
/// another type, words with escapes that need none, spaces where they may stand and where not.
struct Forger {
    state: u64,
    /// One place of so many is changed in a way that changes what is said.
    rarely: u64,
}

impl Forger {
    fn below(&mut self, bound: u64) -> u64 {
        // Xorshift: the same seed forges the same text.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % bound
    }

    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[usize::try_from(self.below(texts.len() as u64)).unwrap()]
    }

    fn space(&mut self, to: &mut String) {
        if self.below(12) == 0 {
            *to += self.one_of(&[" ", "\n", "\t", "\r\n", "  "]);
        }
        if self.below(self.rarely * 60) == 0 {
            *to += self.one_of(&["\u{b}", "\u{a0}", "\u{feff}", "\u{0}", "\u{7f}", ",", "/*x*/"]);
        }
    }

    fn word(&mut self, word: &str, to: &mut String) {
        to.push('"');
        for character in word.chars() {
            let mut units = [0; 2];
            match self.below(20) {
                0 => character.encode_utf16(&mut units).iter().for_each(|unit| *to += &format!("\\u{unit:04x}")),
                1 => character.encode_utf16(&mut units).iter().for_each(|unit| *to += &format!("\\u{unit:04X}")),
                _ if character == '/' => *to += "\\/",
                _ if matches!(character, '"' | '\\') => to.extend(['\\', character]),
                _ => to.push(character),
            }
        }
        if self.below(self.rarely * 20) == 0 {
            const HARM: [&str; 16] = [
                "\\n",
                "\\u0000",
                "\\u001b[31m",
                "\\u202e",
                "\u{202e}",
                "\u{7f}",
                "\u{85}",
                "\\u0085",
                "\\ud83d",
                "\\udc00x",
                "\\ud83d\\u0041",
                "\\udb40\\udc41",
                "\\x",
                "\\u00g0",
                "\t",
                "\u{e0041}",
            ];
            *to += self.one_of(&HARM);
        }
        if self.below(self.rarely * 60) == 0 {
            *to += &"é".repeat(LONGEST_WORD);
        }
        to.push('"');
    }

    fn value(&mut self, value: &serde_json::Value, to: &mut String) {
        self.space(to);
        if self.below(self.rarely * 20) == 0 {
            const OTHERS: [&str; 16] = [
                "null",
                "true",
                "false",
                "0",
                "-1",
                "-0",
                "1.0",
                "1e3",
                "07",
                "4294967296",
                "99999999999999999999",
                "\"\"",
                "\"x\"",
                "[]",
                "{}",
                "[[[[{\"a\":[]}]]]]",
            ];
            *to += self.one_of(&OTHERS);
            return;
        }
        match value {
            serde_json::Value::String(word) => self.word(word, to),
            serde_json::Value::Array(values) => {
                to.push('[');
                for (place, value) in values.iter().enumerate() {
                    *to += if place == 0 { "" } else { "," };
                    self.value(value, to);
                }
                self.space(to);
                to.push(']');
            }
            serde_json::Value::Object(members) => self.members(members, to),
            other => *to += &other.to_string(),
        }
        self.space(to);
    }

    fn members(&mut self, members: &serde_json::Map<String, serde_json::Value>, to: &mut String) {
        let mut members: Vec<(String, &serde_json::Value)> =
            members.iter().map(|(name, value)| (name.clone(), value)).collect();
        for place in 0..members.len() {
            let other = usize::try_from(self.below(members.len() as u64)).unwrap();
            members.swap(place, other);
        }
        if self.below(self.rarely * 10) == 0
            && let Some(lost) = members.pop()
        {
            match self.below(3) {
                0 => {}
                1 => members.extend([lost.clone(), lost]),
                _ => members.extend([(lost.0.clone() + "s", lost.1), lost]),
            }
        }
        to.push('{');
        for (place, (name, value)) in members.iter().enumerate() {
            *to += if place == 0 { "" } else { "," };
            self.space(to);
            // A name with an escape is the same name.
            if self.below(self.rarely * 10) == 0 {
                self.word(name, to)
            } else {
                *to += &format!("\"{name}\"")
            }
            // Few programs put a space there, and the quick way knows none of them.
            if self.below(self.rarely * 10) == 0 {
                self.space(to);
            }
            to.push(':');
            self.value(value, to);
        }
        self.space(to);
        to.push('}');
    }
}

/// The same snapshot or the same mistake as before there was a quick way, and the same verdict on it.
fn nothing_depends_on_the_way(text: &str) -> bool {
    let is_quick = both_ways_agree(text);
    match (parse(text), thoroughly(text).and_then(checked)) {
        (Ok(one), Ok(other)) => {
            static BYOD: std::sync::OnceLock<crate::profile::Profile> = std::sync::OnceLock::new();
            let catalog = crate::catalog::Catalog::builtin();
            let profile = BYOD.get_or_init(|| crate::profile::load("byod", catalog).unwrap());
            // Judged first, while the rows are text still.
            let [one, other] = [&one, &other]
                .map(|phone| crate::audit::audit(phone, profile, crate::audit::Context::new(catalog)).findings);
            assert_eq!(one, other, "{text}");
        }
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string(), "{text}"),
        (one, other) => panic!("{:?} {:?}: {text}", one.err(), other.err()),
    }
    is_quick
}

#[test]
fn what_is_forged_is_read_by_either_way_now_and_then() {
    let [mut quick, mut refused] = [0; 2];
    for seed in 1..200 {
        let mut text = String::new();
        let rarely = if seed % 2 == 0 { 100 } else { 1000 };
        Forger { state: seed * 7919, rarely }.value(&small(), &mut text);
        quick += u32::from(nothing_depends_on_the_way(&text));
        refused += u32::from(parse(&text).is_err());
    }
    assert!(quick > 20 && refused > 20, "{quick} read quickly, {refused} refused");
}

proptest! {
    #[test]
    fn both_ways_of_reading_agree_on_whatever_comes(
        python in any::<bool>(),
        changes in proptest::collection::vec(
            (any::<prop::sample::Index>(), 0_usize..4, "[\"\\\\{}\\[\\],: /ubn0-9eE+.-]{0,3}|\\PC|\\\\u[0-9a-fA-F]{4}|\\\\u(d83d|202e|00e9)|true|null|\u{7f}|\u{1b}"),
            0..3,
        ),
    ) {
        let mut text = if python { as_python_writes(&small()) } else { serde_json::to_string(&small()).unwrap() };
        for (place, length, with) in changes {
            let mut begin = place.index(text.len());
            while !text.is_char_boundary(begin) {
                begin -= 1;
            }
            let mut end = (begin + length).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            text.replace_range(begin..end, &with);
        }
        nothing_depends_on_the_way(&text);
    }

    #[test]
    fn a_forged_snapshot_is_the_same_by_either_way(seed in 1_u64.., rarely in prop::sample::select(&[1_u64, 30, 300, 1000, 5000][..]), cut in any::<prop::sample::Index>(), whole in any::<bool>()) {
        let mut text = String::new();
        Forger { state: seed, rarely }.value(&small(), &mut text);
        let mut end = if whole { text.len() } else { cut.index(text.len()) };
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        nothing_depends_on_the_way(&text);
    }

    #[test]
    fn a_plain_text_has_no_word_to_clean(
        word in "(?s)[\u{80}-\u{a0}\u{2000}-\u{2070}\u{fefe}-\u{ff00}\u{e0000}-\u{e0080}\u{7e}\u{7f}a\"\\\\]{0,6}|(?s).{0,40}",
        long in 0_usize..1200,
    ) {
        let value = serde_json::json!({ "a": [word], "b": "y".repeat(long) });
        let text = value.to_string();
        if is_plain(&text) {
            let mut cleaned = value.clone();
            clean(&mut cleaned);
            prop_assert_eq!(cleaned, value);
        }
    }
}
