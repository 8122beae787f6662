//! Audits everything in a folder by a profile: `cargo run --example audit_folder -- evidence byod`.
// An example prints.
#![allow(clippy::print_stdout)]

use anyhow::Context as _;
use poucet::catalog::Catalog;
use poucet::profile;
use poucet::visit::{self, Flow, JudgeOptions, Options, ReadOptions, Target};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().context("name a folder of evidence")?;
    let name = arguments.next().map_or("byod".to_owned(), |name| name.to_string_lossy().into_owned());
    let catalog = Catalog::builtin();
    let profile = profile::load(&name, catalog).with_context(|| format!("the profile {name}"))?;
    let (read, judge) = (ReadOptions::new(catalog), JudgeOptions::new(catalog, vec![profile]));
    let options = Options::new(vec![Target::parse(folder)], &read, &judge);
    let verdict =
        |_: &visit::TargetName, audits: &[poucet::audit::Audit<'_>]| audits.first().map(|audit| audit.verdict());
    // `()` is a face that is told everything and says nothing.
    let tally = visit::run_with(options, &(), &verdict, |target, verdict| {
        println!("{}: {}", target.name, verdict.map_or("not judged", |verdict| verdict.word()));
        Flow::Go
    });
    println!("{} read, {} not", tally.summary.read, tally.summary.failed);
    Ok(())
}
