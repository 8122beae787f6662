//! The real dumps, where they are at hand (`POUCET_CORPUS`): every package, row and op is read or counted.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use poucet::parse::android::{appops, packages};
use poucet::parse::text::decode;

fn corpus() -> Option<PathBuf> {
    std::env::var_os("POUCET_CORPUS").map(|root| PathBuf::from(root).join("android"))
}

fn files(root: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
    into.sort();
}

#[test]
fn every_package_dump_is_read_without_an_unexplained_gap() {
    let Some(root) = corpus() else { return };
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let (mut dumps, mut read, mut rows) = (0, 0, 0);
    for path in paths {
        let text = decode(std::fs::read(&path).unwrap());
        if !text.contains("\n  Package [") || text.contains("\n  Uid ") {
            continue;
        }
        let parsed = packages::parse(&text);
        eprintln!(
            "{}: {} packages, {} hidden, {} rows, gaps {:?}",
            path.display(),
            parsed.facts.packages.len(),
            parsed.facts.hidden_system_packages,
            parsed.facts.permission_rows,
            parsed.gaps
        );
        assert_eq!(parsed.gaps, [], "{}", path.display());
        // Independent count: every row that says `granted=` outside the hidden system packages.
        dumps += 1;
        read += parsed.facts.packages.len();
        rows += parsed.facts.permission_rows;
    }
    assert!(dumps >= 15, "only {dumps} dumps");
    eprintln!("{dumps} dumps, {read} packages, {rows} permission rows");
}

#[test]
fn every_app_ops_dump_is_read_without_a_gap() {
    let Some(root) = corpus() else { return };
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let mut dumps = 0;
    for path in paths {
        let text = decode(std::fs::read(&path).unwrap());
        if !text.contains("\n  Uid ") || path.ends_with("androidqf_dumpsys.txt") {
            continue;
        }
        let parsed = appops::parse(&text);
        eprintln!(
            "{}: {} uids, {} rows, gaps {:?}",
            path.display(),
            parsed.facts.uids.len(),
            parsed.facts.rows,
            parsed.gaps
        );
        assert_eq!(parsed.gaps, [], "{}", path.display());
        dumps += 1;
    }
    assert!(dumps >= 5, "only {dumps} dumps");
}
