//! `poucet fleet`: the history that `--store` keeps.

use clap::{Arg, ArgAction, ArgMatches, Command};
use jiff::Timestamp;
use poucet::compare::compare;
use poucet::inner::files::output::Readers;
use poucet::report::{self, Wording, history};
use poucet::snapshot::{Part, Snapshot};
use poucet::store::{Deleted, Deletion, Device, Period, PeriodLength, Reading, Store, StoreError, StoredVerdict};
use poucet::text::clean::sanitize;
use poucet::visit::Keep;
use poucet::vocabulary::Platform;

use super::arguments::{self, Commands, catalog, flag, format, output, required};
use super::output::{Output, Pipe, second_language};
use super::store::{self, refuse};
use super::{Outcome, Session, options, told};

/// The command and its arguments.
pub(crate) fn command(make: &Commands<'_>) -> Command {
    let texts = make.texts();
    let store = || arguments::store(texts).help(texts.get("cli-option-fleet-store"));
    let lists = ["table", "json", "csv"];
    let device = |name: &'static str| required(name, "DEVICE[@DATE]", texts).help(texts.get("cli-option-fleet-device"));
    make.group("fleet")
        .subcommand(make.named("list", "fleet-list").arg(format(texts, &lists)).arg(output(texts)).arg(store()))
        .subcommand(
            make.named("show", "fleet-show")
                .arg(device("device"))
                .arg(format(texts, &lists))
                .arg(output(texts))
                .arg(store()),
        )
        .subcommand(
            make.named("trend", "fleet-trend")
                .arg(
                    Arg::new("by")
                        .long("by")
                        .value_name("day|week|month")
                        .value_parser(PeriodLength::ALL.map(PeriodLength::word))
                        .hide_possible_values(true)
                        .help(texts.get("cli-option-fleet-by")),
                )
                .arg(arguments::profiles("cli-option-fleet-profile", texts).value_name("ID"))
                .arg(format(texts, &lists))
                .arg(output(texts))
                .arg(store()),
        )
        .subcommand(
            arguments::judging(
                texts,
                make.named("compare", "fleet-compare").arg(device("before")).arg(device("after").required(false)),
            )
            .mut_arg("profile", |profile| profile.help(texts.get("cli-option-compare-profile")))
            .arg(flag("fail-on-new", texts).help(texts.get("cli-option-compare-fail-on-new")))
            .arg(catalog(texts))
            .arg(store()),
        )
        .subcommand(
            make.named("prune", "fleet-prune")
                .arg(
                    Arg::new("older-than")
                        .long("older-than")
                        .value_name("90d")
                        .value_parser(arguments::days)
                        .required_unless_present_any(["keep", "undo-window", "clock-is-right"])
                        .help(texts.get("cli-option-fleet-older-than")),
                )
                .arg(arguments::keep(texts))
                .arg(
                    Arg::new("undo-window")
                        .long("undo-window")
                        .value_name("7d|0")
                        .value_parser(arguments::undo_days)
                        .help(texts.get("cli-option-undo-window")),
                )
                .arg(flag("clock-is-right", texts).help(texts.get("cli-option-clock-is-right")))
                .arg(store()),
        )
        .subcommand(
            make.named("restore", "fleet-restore")
                .arg(
                    Arg::new("deletion")
                        .value_name("DELETION")
                        .value_parser(clap::value_parser!(u64))
                        .help(texts.get("cli-option-restore-deletion")),
                )
                .arg(
                    Arg::new("list")
                        .long("list")
                        .action(ArgAction::SetTrue)
                        .conflicts_with("deletion")
                        .help(texts.get("cli-option-restore-list")),
                )
                .arg(store()),
        )
        .subcommand(
            make.named("export", "fleet-export").arg(device("device").required(false)).arg(output(texts)).arg(store()),
        )
}

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Outcome {
    let done = match matches.subcommand() {
        Some(("list", matches)) => list(session, matches),
        Some(("show", matches)) => show(session, matches),
        Some(("trend", matches)) => trend(session, matches),
        Some(("compare", matches)) => compare_stored(session, matches),
        Some(("prune", matches)) => prune(session, matches),
        Some(("restore", matches)) => restore(session, matches),
        Some(("export", matches)) => export(session, matches),
        _ => Err(Outcome::REFUSED),
    };
    match done {
        Ok(exit) | Err(exit) => exit,
    }
}

/// One answer: a table for a person, or for programs JSON or CSV, which say the same.
fn answer(
    session: &Session,
    matches: &ArgMatches,
    columns: &[&str],
    rows: Vec<Vec<String>>,
    json: impl FnOnce() -> String,
    csv: impl FnOnce(Wording<'_>) -> String,
) -> Outcome {
    let format = matches.get_one::<String>("format").and_then(|word| report::Format::from_word(word));
    let columns: Vec<String> =
        columns.iter().map(|column| session.texts.get(&format!("fleet-column-{column}"))).collect();
    let text = match format {
        Some(report::Format::Json) => json(),
        Some(report::Format::Csv) => csv(Wording::new(&session.texts)),
        _ => report::sheet_table(&columns, rows, Wording::new(&session.texts), session.width()),
    };
    session.deliver(matches, &text)
}

/// How many devices are written at a time; those of a table stand under one head.
const DEVICES: usize = 2000;

fn list(session: &Session, matches: &ArgMatches) -> Result<Outcome, Outcome> {
    let mut store = store::open(session, matches)?;
    let keep = store.keep().map_err(|error| refuse(session, &error))?;
    let format = matches.get_one::<String>("format").and_then(|word| report::Format::from_word(word));
    let words = Wording::new(&session.texts);
    let columns = ["id", "phone", "readings", "latest", "verdicts"];
    let columns = columns.map(|column| session.texts.get(&format!("fleet-column-{column}")));
    let mut json = history::DeviceStream::new(keep);
    let mut sheet = history::DeviceSheet::new(words);
    let mut pipe = Pipe::new(session, matches, Readers::Usual);
    let mut write = |pipe: &mut Pipe<'_>, devices: &mut Vec<Device>| {
        match format {
            Some(report::Format::Json) => devices.iter().for_each(|device| pipe.add(&json.add(device))),
            Some(report::Format::Csv) => pipe.add(&sheet.add(devices)),
            _ => {
                let rows = devices.iter().map(|device| device_row(session, device, matches)).collect();
                pipe.add(&report::sheet_table(&columns, rows, words, session.width()));
            }
        }
        devices.clear();
        !pipe.is_closed()
    };
    let (mut waiting, mut blocks) = (Vec::new(), 0_u64);
    let listed = store.each_device(|device| {
        waiting.push(device);
        if waiting.len() < DEVICES {
            return true;
        }
        blocks += 1;
        write(&mut pipe, &mut waiting)
    });
    listed.map_err(|error| refuse(session, &error))?;
    if blocks == 0 || !waiting.is_empty() {
        write(&mut pipe, &mut waiting);
    }
    if format == Some(report::Format::Json) {
        pipe.add(&json.finish());
    }
    let exit = pipe.finish().and(store::passed_over(session, &mut store));
    match keep {
        Some(days) => session.say(&session.texts.count("cli-store-keeps", days.into(), &[])),
        None => session.say(&session.texts.get("cli-store-keeps-all")),
    }
    Ok(exit)
}

fn device_row(session: &Session, device: &Device, matches: &ArgMatches) -> Vec<String> {
    vec![
        id(device, matches),
        phone(device),
        device.readings.to_string(),
        latest(session, device),
        verdicts(session, &device.verdicts),
    ]
}

/// How much of an id a person is shown; it is enough to name the device.
const SHORT_ID: usize = 12;

fn id(device: &Device, matches: &ArgMatches) -> String {
    let for_a_person = matches.get_one::<String>("format").is_none_or(|format| format == "table");
    let is_hash = device.id.len() == 32 && device.id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let short = device.id.get(..SHORT_ID).filter(|_| for_a_person && is_hash);
    short.unwrap_or(&device.id).to_owned()
}

fn phone(device: &Device) -> String {
    let (model, version) = (device.model.as_deref(), device.os_version.as_deref());
    let platform = Platform::from_word(&device.platform).unwrap_or(Platform::Android);
    let name = platform.system(model, version);
    let system = version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"));
    match &device.model {
        Some(model) => format!("{}, {system}", sanitize(model, 80)),
        None => system,
    }
}

/// A time of the store to the minute.
fn minute(utc: &str) -> String {
    utc.get(..16).map_or_else(|| utc.to_owned(), |minute| format!("{} UTC", minute.replace('T', " ")))
}

/// The time of the latest reading, and that it is partial, or that later ones are.
fn latest(session: &Session, device: &Device) -> String {
    let at = minute(&device.latest);
    match &device.later_partial {
        _ if !device.partial.is_empty() => session.texts.with("fleet-latest-partial", &[("at", &at)]),
        Some((_, later)) => session.texts.with("fleet-later-partial", &[("at", &at), ("later", &minute(later))]),
        None => at,
    }
}

/// Whether a reading is whole, and what it does not tell otherwise.
fn wholeness(session: &Session, partial: &[String]) -> String {
    if partial.is_empty() {
        return session.texts.get("fleet-reading-whole");
    }
    // A word of a later version stands as it is.
    let name = |word: &String| match Part::from_word(word) {
        Some(part) => session.texts.get(&format!("fleet-part-{part}")),
        None => word.clone(),
    };
    let parts: Vec<String> = partial.iter().map(name).collect();
    session.texts.with("fleet-reading-partial", &[("parts", &parts.join(", "))])
}

fn verdict(session: &Session, stored: &StoredVerdict) -> String {
    let known = |prefix: &str, word: &str| {
        let key = format!("{prefix}-{word}");
        let said = session.texts.get(&key);
        // A word of a later version.
        if said == key { word.to_owned() } else { said }
    };
    let word = known("verdict", &stored.verdict);
    match &stored.worst {
        Some(worst) => format!("{word} ({})", known("severity", worst)),
        None => word,
    }
}

fn verdicts(session: &Session, stored: &[StoredVerdict]) -> String {
    let one = |stored: &StoredVerdict| format!("{}: {}", stored.profile, verdict(session, stored));
    stored.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn show(session: &Session, matches: &ArgMatches) -> Result<Outcome, Outcome> {
    let mut store = store::open(session, matches)?;
    let (device, at) = named(session, &mut store, word(matches, "device"))?;
    let mut readings = store.readings(&device).map_err(|error| refuse(session, &error))?;
    if let Some(at) = at {
        let kept = store.latest(&device, Some(at)).map_err(|error| refuse(session, &error))?;
        readings.retain(|reading| kept.as_ref().is_some_and(|kept| kept.sha256 == reading.sha256));
    }
    let rows = readings
        .iter()
        .flat_map(|reading| {
            let row = |stored: Option<&StoredVerdict>| {
                vec![
                    minute(&reading.taken_utc),
                    reading.source.clone(),
                    wholeness(session, &reading.partial),
                    reading.os_version.clone().unwrap_or_default(),
                    stored.map(|stored| format!("{} {}", stored.profile, stored.profile_version)).unwrap_or_default(),
                    stored.map(|stored| verdict(session, stored)).unwrap_or_default(),
                    stored.map(|stored| stored.fail.to_string()).unwrap_or_default(),
                    stored
                        .and_then(|stored| stored.conformity)
                        .map(|share| percent(session, share))
                        .unwrap_or_default(),
                ]
            };
            match reading.verdicts.as_slice() {
                [] => vec![row(None)],
                verdicts => verdicts.iter().map(|stored| row(Some(stored))).collect(),
            }
        })
        .collect();
    let json = || history::device(&device, &readings);
    let columns = ["taken", "source", "reading", "system", "profile", "verdict", "failing", "conformity"];
    let csv = |words: Wording<'_>| history::device_csv(&device, &readings, words);
    let exit = answer(session, matches, &columns, rows, json, csv);
    Ok(exit.and(store::passed_over(session, &mut store)))
}

fn percent(session: &Session, share: f64) -> String {
    Wording::new(&session.texts).percent(share)
}

fn trend(session: &Session, matches: &ArgMatches) -> Result<Outcome, Outcome> {
    let mut store = store::open(session, matches)?;
    let by = word(matches, "by");
    let step = PeriodLength::ALL.into_iter().find(|step| step.word() == by).unwrap_or(PeriodLength::Month);
    let mut periods = store.trend(step).map_err(|error| refuse(session, &error))?;
    let wanted: Vec<&str> = matches.get_many::<String>("profile").into_iter().flatten().map(String::as_str).collect();
    periods.retain(|period| wanted.is_empty() || wanted.contains(&period.profile.as_str()));
    let worst = |period: &Period, word: &str| period.worst.get(word).copied().unwrap_or(0).to_string();
    let rows = periods
        .iter()
        .map(|period| {
            vec![
                period.start.clone(),
                period.profile.clone(),
                period.phones.to_string(),
                period.partial.to_string(),
                period.failing.to_string(),
                worst(period, "critical"),
                worst(period, "high"),
                period.unsure.to_string(),
                period.failing_rules.to_string(),
                period.conformity.map(|share| percent(session, share)).unwrap_or_default(),
            ]
        })
        .collect();
    let json = || history::trend(step, &periods);
    let columns = [
        "period",
        "profile",
        "phones",
        "partial",
        "fail",
        "critical",
        "high",
        "not-assessed",
        "failing-rules",
        "conformity",
    ];
    let csv = |words: Wording<'_>| history::trend_csv(step, &periods, words);
    let exit = answer(session, matches, &columns, rows, json, csv);
    Ok(exit.and(store::passed_over(session, &mut store)))
}

fn prune(session: &Session, matches: &ArgMatches) -> Result<Outcome, Outcome> {
    let mut store = store::open_to_write(session, matches)?;
    let refused = |error: StoreError| refuse(session, &error);
    if matches.get_flag("clock-is-right") {
        store.settle_clock().map_err(refused)?;
    }
    let mut purged = 0;
    if let Some(days) = matches.get_one::<u32>("undo-window") {
        purged += store.set_undo(*days).map_err(refused)?;
    }
    let mut all: Vec<Deleted> = Vec::new();
    if let Some(days) = matches.get_one::<u32>("older-than") {
        all.push(store.prune(*days).map_err(refused)?);
    }
    if let Some(keep) = matches.get_one::<Keep>("keep") {
        all.push(store.set_keep(keep.days()).map_err(refused)?);
    }
    purged += all.iter().map(|deleted| deleted.purged).sum::<u64>();
    let count: u64 = all.iter().map(|deleted| deleted.readings).sum();
    let doubt = all.iter().find_map(|deleted| deleted.doubt);
    let place = store.place().shown();
    if count > 0 || (doubt.is_none() && !all.is_empty()) {
        session.say(&session.texts.count("cli-store-pruned", count, &[("place", &place)]));
    }
    if count > 0 {
        told::undo(session, all.first().map_or(0, |deleted| deleted.undo_days));
    }
    if purged > 0 {
        session.say(&session.texts.count("cli-store-purged", purged, &[]));
    }
    match doubt {
        Some(doubt) => {
            told::doubt(session, &doubt);
            // Not all that was asked for was done.
            Ok(Outcome::UNREADABLE)
        }
        None => Ok(Outcome::default()),
    }
}

fn restore(session: &Session, matches: &ArgMatches) -> Result<Outcome, Outcome> {
    if matches.get_flag("list") {
        return deletions(session, matches);
    }
    let mut store = store::open_to_write(session, matches)?;
    let (_, count) =
        store.restore(matches.get_one::<u64>("deletion").copied()).map_err(|error| refuse(session, &error))?;
    session.say(&session.texts.count("cli-store-restored", count, &[("place", &store.place().shown())]));
    if let Some(days) = store.keep().map_err(|error| refuse(session, &error))? {
        session.say(&session.texts.count("cli-store-restored-keeps", days.into(), &[]));
    }
    Ok(Outcome::default())
}

/// What was deleted, and what of it can be brought back.
fn deletions(session: &Session, matches: &ArgMatches) -> Result<Outcome, Outcome> {
    let mut store = store::open(session, matches)?;
    let all = store.deletions().map_err(|error| refuse(session, &error))?;
    let texts = &session.texts;
    let state = |deletion: &Deletion| match (&deletion.restored_utc, &deletion.purged_utc) {
        (Some(at), _) => texts.with("fleet-deletion-restored", &[("at", &minute(at))]),
        (None, Some(at)) => texts.with("fleet-deletion-purged", &[("at", &minute(at))]),
        (None, None) => texts.with("fleet-deletion-until", &[("at", &minute(&deletion.until_utc))]),
    };
    let rows = all
        .iter()
        .map(|deletion| {
            vec![
                deletion.id.to_string(),
                minute(&deletion.deleted_utc),
                sanitize(&deletion.why, 40),
                minute(&deletion.cutoff_utc),
                deletion.readings.to_string(),
                state(deletion),
            ]
        })
        .collect();
    let columns = ["deletion", "deleted", "why", "cutoff", "readings", "state"];
    let columns = columns.map(|column| texts.get(&format!("fleet-column-{column}")));
    let text = report::sheet_table(&columns, rows, Wording::new(texts), session.width());
    Ok(session.print(&text).and(store::passed_over(session, &mut store)))
}

fn export(session: &Session, matches: &ArgMatches) -> Result<Outcome, Outcome> {
    let mut store = store::open(session, matches)?;
    let mut pipe = Pipe::new(session, matches, Readers::Owner);
    let mut exit = Outcome::default();
    let mut add = |pipe: &mut Pipe<'_>, line: Result<&str, StoreError>| {
        match line {
            Ok(line) => {
                pipe.add(line);
                pipe.add("\n");
            }
            // It costs itself; the others go out.
            Err(error) => exit = exit.and(refuse(session, &error)),
        }
        !pipe.is_closed()
    };
    let device = matches.get_one::<String>("device");
    match device {
        Some(device) => {
            let (id, at) = named(session, &mut store, device)?;
            match at {
                Some(at) => {
                    let snapshot = reading_at(session, &mut store, &id, Some(at))?.1;
                    add(&mut pipe, Ok(&serde_json::to_string(&snapshot).unwrap_or_default()));
                }
                None => store
                    .each_snapshot(Some(&id), |line| add(&mut pipe, line))
                    .map_err(|error| refuse(session, &error))?,
            }
        }
        None => store.each_snapshot(None, |line| add(&mut pipe, line)).map_err(|error| refuse(session, &error))?,
    }
    let exit = exit.and(store::passed_over(session, &mut store));
    Ok(exit.and(pipe.finish()))
}

fn word<'m>(matches: &'m ArgMatches, name: &str) -> &'m str {
    matches.get_one::<String>(name).map_or("", String::as_str)
}

/// A device, and the moment that `@DATE` names.
fn named(session: &Session, store: &mut Store, word: &str) -> Result<(String, Option<Timestamp>), Outcome> {
    let (device, date) = match word.rsplit_once('@') {
        Some((device, date)) => (device, Some(date)),
        None => (word, None),
    };
    let at = match date {
        None => None,
        Some(date) => match moment(date) {
            Some(at) => Some(at),
            None => {
                let hint = session.texts.get("cli-store-date-hint");
                session.error(&session.texts.with("cli-store-date", &[("date", date)]), Some(&hint));
                return Err(Outcome::REFUSED);
            }
        },
    };
    store.find(device).map(|device| (device, at)).map_err(|error| refuse(session, &error))
}

/// The end of a day, UTC, or a time as a snapshot has it.
fn moment(date: &str) -> Option<Timestamp> {
    let day: Option<jiff::civil::Date> = date.parse().ok().filter(|_| date.len() == 10);
    match day {
        Some(day) => jiff::tz::TimeZone::UTC.to_timestamp(day.at(23, 59, 59, 0)).ok(),
        None => poucet::store::moment(date),
    }
}

/// The latest reading of a device, at a time or before it.
fn reading_at(
    session: &Session,
    store: &mut Store,
    device: &str,
    at: Option<Timestamp>,
) -> Result<(Reading, Snapshot), Outcome> {
    let found = store.latest(device, at).map_err(|error| refuse(session, &error))?;
    let Some(reading) = found else { return Err(no_reading(session, device)) };
    let snapshot = store.snapshot(&reading.sha256).map_err(|error| refuse(session, &error))?;
    Ok((reading, snapshot))
}

fn no_reading(session: &Session, device: &str) -> Outcome {
    let hint = session.texts.with("cli-store-no-reading-hint", &[("device", device)]);
    session.error(&session.texts.with("cli-store-no-reading", &[("device", device)]), Some(&hint));
    Outcome::UNREADABLE
}

/// The reading of a device before one that is in the store or not.
///
/// # Errors
/// With a message, when there is none.
pub(crate) fn earlier(
    session: &Session,
    store: &mut Store,
    device: &str,
    than: &Snapshot,
) -> Result<Snapshot, Outcome> {
    let found = store.before(device, than).map_err(|error| refuse(session, &error))?;
    let Some(reading) = found else { return Err(no_reading(session, device)) };
    store.snapshot(&reading.sha256).map_err(|error| refuse(session, &error))
}

fn compare_stored(session: &Session, matches: &ArgMatches) -> Result<Outcome, Outcome> {
    let judging = options::judge(session, matches, &[])?;
    let format = Output::format(session, matches)?;
    let mut store = store::open(session, matches)?;
    let (first, at) = named(session, &mut store, word(matches, "before"))?;
    let (before, after) = match matches.get_one::<String>("after") {
        Some(after) => {
            let (second, until) = named(session, &mut store, after)?;
            (reading_at(session, &mut store, &first, at)?.1, reading_at(session, &mut store, &second, until)?.1)
        }
        // One device: what it was then, or the time before, beside its latest reading.
        None => {
            let after = reading_at(session, &mut store, &first, None)?.1;
            let before = match at {
                Some(_) => reading_at(session, &mut store, &first, at)?.1,
                None => earlier(session, &mut store, &first, &after)?,
            };
            (before, after)
        }
    };
    let second = second_language(session, matches);
    let mut page = Output::new(session, matches, format, second.as_ref(), judging.today);
    let comparison = compare(&before, &after, &judging.profiles, judging.context());
    // Half a reading proves that nothing is new as little as that something is.
    let mut exit = if before.is_partial() || after.is_partial() { Outcome::UNREADABLE } else { Outcome::default() };
    for judgement in &comparison.judgements {
        exit = exit.and(judging.outcome(&judgement.after));
    }
    page.add(|form| form.comparison(&comparison));
    Ok(exit.and(page.finish()).and(store::passed_over(session, &mut store)))
}
