//! Large generated phones: every package and every permission row is read, also with the oddities of vendors.
//!
//! The generator is not ours and is not in this repository; the test runs where `POUCET_CORPUS` points beside it and
//! Python is at hand.

use std::process::Command;

use crate::common::skip::{corpus, skipped};
use poucet::inner::evidence::Kind;
use poucet::inner::parse::android::packages;
use poucet::inner::source::{OpenOptions, Opened, open_path};

fn generate(quirks: bool) -> Option<tempfile::TempDir> {
    let generator = corpus("../bench/gen_android.py")?;
    if !generator.exists() || Command::new("python3").arg("--version").output().is_err() {
        skipped("the generator of phones, or python3, is not here");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("python3");
    command.arg(generator).arg(folder.path()).args(["--packages", "400", "--noise-mb", "0.5", "--files", "10"]);
    if quirks {
        command.arg("--quirks");
    }
    assert!(command.output().unwrap().status.success());
    Some(folder)
}

/// Packages, rows of runtime permissions (of packages, of hidden factory copies), hidden copies, gaps.
fn counts(path: &std::path::Path) -> (usize, u64, u64, u64, usize) {
    let Opened::Evidence { evidence, .. } = open_path(path, &OpenOptions::default()).unwrap() else {
        unreachable!("{} is one phone", path.display())
    };
    let item = evidence.first(Kind::Packages).unwrap();
    let parsed = packages::parse(&item.text);
    let facts = parsed.facts;
    let rows: usize = facts.packages.iter().flat_map(|package| &package.users).map(|user| user.runtime.len()).sum();
    (facts.packages.len(), rows as u64, facts.hidden_runtime_rows, facts.hidden_system_packages, parsed.gaps.len())
}

#[test]
fn every_package_and_row_of_a_generated_phone_is_read() {
    for quirks in [false, true] {
        let Some(folder) = generate(quirks) else { return };
        for target in ["aqf", "bugreport.zip"] {
            let read = counts(&folder.path().join(target));
            assert_eq!(read, (400, 11_535, 1_705, 80, 0), "quirks {quirks}, {target}");
            assert_eq!(read.1 + read.2, 13_240);
        }
    }
}
