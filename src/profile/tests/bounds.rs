//! Files made to cost time or memory: each ends quickly, with an error that names what is wrong.

use super::*;

/// The first code of a file that must be refused, within a time that only a loop without a bound would exceed: tests run without
/// optimisation, on busy machines.
fn refused(files: &[(&str, &str)]) -> Code {
    let started = std::time::Instant::now();
    let errors = load_files(files).unwrap_err();
    let told = errors.to_string();
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    assert!(!told.is_empty() && told.len() < 1_000_000, "{}", told.len());
    errors.diagnostics()[0].code()
}

#[test]
fn a_profile_of_ten_megabytes() {
    assert_eq!(refused(&[("mine.toml", &"# remark\n".repeat(10 * 1024 * 1024 / 9))]), Code::FileTooLarge);
}

#[test]
fn a_selector_of_ten_thousand_terms() {
    let terms = ["tiktok"; 10_000].join(" or ");
    let apps = |apps: &str| rule(&format!("apps = \"{apps}\"\npresence = \"absent\""));
    assert_eq!(refused(&[("mine.toml", &apps(&terms))]), Code::SelectorTooLong);
    assert_eq!(refused(&[("mine.toml", &apps(&terms.replace("tiktok", "x")))]), Code::SelectorTooLong);
    assert_eq!(refused(&[("mine.toml", &apps(&"(".repeat(60_000)))]), Code::SelectorTooDeep);
}

#[test]
fn as_many_groups_as_a_file_can_hold() {
    let groups = |selector: &str| {
        let lines: String =
            (0..1024 * 1024 / (selector.len() + 16)).map(|n| format!("g{n} = \"{selector}\"\n")).collect();
        profile(&format!("[groups]\n{lines}"))
    };
    // One million do not fit.
    let million: String = (0..1_000_000).map(|number| format!("g{number}=\"any\"\n")).collect();
    assert_eq!(refused(&[("mine.toml", &profile(&format!("[groups]\n{million}")))]), Code::FileTooLarge);
    // Each names one that does not exist, which is looked for among all the others.
    assert_eq!(refused(&[("mine.toml", &groups("@gg"))]), Code::UnknownGroup);
    assert_eq!(refused(&[("mine.toml", &groups("x"))]), Code::SelectorMatchesNothing);
    assert_eq!(refused(&[("mine.toml", &groups("{p}"))]), Code::UnknownParameter);
}

#[test]
fn as_many_overrides_rules_and_parameters_as_a_file_can_hold() {
    let tables = |head: &str, rest: &str| -> String {
        (0..1000 * 1000 / (head.len() + rest.len() + 12)).map(|n| format!("[{head}.r{n}]\n{rest}\n")).collect()
    };
    let overrides = profile(&format!("extends = [\"base\"]\n{}", tables("override", "severity = \"low\"")));
    assert_eq!(refused(&[("mine.toml", &overrides)]), Code::UnknownRule);
    let rules = profile(&tables("rule", "severity = \"lov\""));
    assert_eq!(refused(&[("mine.toml", &rules)]), Code::MissingKey);
    let parameters = profile(&tables("params", "default = 3\nmax = 2"));
    assert_eq!(refused(&[("mine.toml", &parameters)]), Code::ParameterValue);
    // Values for one rule only, many times over: each rule looks at what it changes, not at all there are.
    let both: String = (0..12_000).map(|n| format!("[params.r{n}]\ndefault = 1\n")).collect();
    let one = "\ntitle = { en = \"A\", fr = \"A\" }\nwhy = { en = \"A\", fr = \"A\" }\nseverity = \"low\"\ndevice = \"screen-lock\"\nis = true\n";
    let parent: String = (0..3000).map(|n| format!("[rule.q{n}]{one}")).collect();
    let child: String = (0..3000).map(|n| format!("[override.q{n}]\nparams = {{ r{n} = 2, s = 1 }}\n")).collect();
    let files = [
        ("mine.toml", profile(&format!("extends = [\"parent\"]\n{child}"))),
        ("parent.toml", profile(&format!("{both}\n{parent}"))),
    ];
    assert_eq!(refused(&[("mine.toml", &files[0].1), ("parent.toml", &files[1].1)]), Code::UnknownParameter);
}

#[test]
fn deeply_nested_toml_and_very_long_lines() {
    for text in [
        format!("a = {}", "[".repeat(500_000)),
        format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("a = {}", "{ a = ".repeat(100_000)),
        format!("{}a = 1", "a.".repeat(100_000)),
        format!("[{}a]", "a.".repeat(100_000)),
        format!("a = \"{}", "x".repeat(1_000_000)),
    ] {
        let code = refused(&[("mine.toml", &profile(&text))]);
        assert!(
            matches!(code, Code::NotToml | Code::UnknownKey),
            "{code}: {}",
            text.chars().take(20).collect::<String>()
        );
    }
    let long = rule(&format!("apps = \"any\"\npresence = \"{}\"", "x".repeat(1_000_000)));
    assert_eq!(refused(&[("mine.toml", &long)]), Code::UnknownWord);
}

#[test]
fn chains_and_circles_of_profiles() {
    let own = profile("extends = [\"mine\"]");
    assert_eq!(refused(&[("mine.toml", &own)]), Code::ExtendsCycle);
    // Every file extends all the others.
    let names: Vec<String> = (0..100).map(|number| format!("f{number}.toml")).collect();
    let all = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    let text = profile(&format!("extends = [{all}]"));
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), text.as_str())).collect();
    files.push(("mine.toml", &text));
    let code = refused(&files);
    assert!(matches!(code, Code::ExtendsCycle | Code::ExtendsTooDeep), "{code}");
    let many = profile(&format!("extends = [{}]", "\"base\",".repeat(100_000)));
    assert_eq!(refused(&[("mine.toml", &many)]), Code::ExtendsTooDeep);
    let some = profile(&format!("extends = [{}]", "\"base\",".repeat(60)));
    assert_eq!(load_files(&[("mine.toml", &some)]).unwrap().origins.order.len(), 2);
}

#[test]
fn nul_bytes_and_windows_line_ends() {
    assert_eq!(refused(&[("mine.toml", &profile("version = \"a\0b\""))]), Code::NotToml);
    assert_eq!(refused(&[("mine.toml", "\0\0\0\0")]), Code::NotToml);
    let unix = rule("apps = \"any\"\npresence = \"absent\"");
    let windows = unix.replace('\n', "\r\n");
    let seal = |text: &str| load_files(&[("mine.toml", text)]).unwrap_or_else(|errors| panic!("{errors}")).sha256;
    assert_eq!(seal(&unix), seal(&windows));
    let told = load_files(&[("mine.toml", &windows.replace("absent", "abscent"))]).unwrap_err().to_string();
    assert!(told.contains("mine.toml:9:12") && !told.contains('\r'), "{told:?}");
}

#[cfg(unix)]
#[test]
fn what_is_no_plain_file() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.toml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::fs::create_dir(folder.path().join("folder.toml")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("dangling.toml")).unwrap();
    for name in ["pipe.toml", "folder.toml", "dangling.toml"] {
        let path = folder.path().join(name).display().to_string();
        let errors = load(&path, Catalog::builtin()).unwrap_err();
        assert_eq!(errors.diagnostics()[0].code(), Code::UnreadableFile, "{name}: {errors}");
        std::fs::write(folder.path().join("mine.toml"), profile(&format!("extends = [\"{name}\"]"))).unwrap();
        let errors = load_from(folder.path()).unwrap_err();
        let code = errors.diagnostics()[0].code();
        assert!(matches!(code, Code::UnreadableFile | Code::UnknownProfile), "{name}: {errors}");
    }
    assert!(load("/dev/zero", Catalog::builtin()).is_err());
}
