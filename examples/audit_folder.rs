//! Audits everything in a folder by the profile `byod`: `cargo run --example audit_folder -- evidence`.
#![allow(clippy::print_stdout, reason = "an example prints")]

use anyhow::Context as _;
use poucet::visit::{Flow, JudgeOptions, Options, ReadOptions, Target, run_with};
use poucet::{Catalog, audit::Audit, profile};

fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).context("name a folder of evidence")?;
    let catalog = Catalog::builtin();
    let profile = profile::load("byod", catalog).context("the profile byod")?;
    let (read, judge) = (ReadOptions::new(catalog), JudgeOptions::new(catalog, vec![profile]));
    let options = Options::new(vec![Target::parse(folder)], &read, &judge);
    // `()` is a face that is told everything and says nothing.
    let tally = run_with(options, &(), &|_, audits| audits.first().map(Audit::verdict), |target, verdict| {
        println!("{}: {}", target.name, verdict.map_or("not judged", |verdict| verdict.word()));
        Flow::Go
    });
    println!("{} read, {} not", tally.summary.read, tally.summary.failed);
    Ok(())
}
