//! `poucet audit`: the main job, for one phone or ten thousand.

use std::collections::BTreeSet;
use std::path::Path;

use clap::ArgMatches;
use poucet::audit::{Audit, Context, audit};
use poucet::batch::{Entry, Summary};
use poucet::compare::{self, audit_against};
use poucet::files::fingerprint;
use poucet::profile::Profile;
use poucet::report::{Form, Format, Languages, Layout, Portion, Wording};
use poucet::snapshot::Snapshot;
use poucet::store::VerdictRow;

use super::folder::Folder;
use super::judging::Judging;
use super::output::{Output, layout, second_language};
use super::reading::{Judge, Origin, Reading, Step};
use super::store::{self, Keeper};
use super::target::{Failure, Resolved, Target, is_damaged, resolve};
use super::{Exit, Session};

/// The profile when none is named.
pub(crate) const DEFAULT_PROFILE: &str = "byod";

/// Columns of a table in a folder of results.
pub(crate) const FILE_WIDTH: usize = 100;

/// Runs the subcommand.
pub(crate) fn run(session: &Session, matches: &ArgMatches) -> Exit {
    if matches.get_flag("explain-collection") {
        let head = session.texts.get("cli-explain-collection");
        let table = poucet::source::adb::questions::render(session.texts.language(), |key| session.texts.get(key));
        return session.deliver(matches, &format!("{head}\n\n{table}"));
    }
    match prepared(session, matches) {
        Ok(exit) | Err(exit) => exit,
    }
}

/// The profiles that judge where none is named: those of the desk, else the usual one.
pub(crate) fn default_profiles(session: &Session) -> Vec<&str> {
    let own: Vec<&str> = session.config.profile.iter().map(String::as_str).collect();
    if own.is_empty() { vec![DEFAULT_PROFILE] } else { own }
}

fn prepared(session: &Session, matches: &ArgMatches) -> Result<Exit, Exit> {
    let judging = Judging::from(session, matches, &default_profiles(session))?;
    let format = Output::format(session, matches)?;
    let alone = summary_alone(session, matches, format)?;
    let mut reading = Reading::from(session, matches)?;
    let baselines = baselines(matches, &reading)?;
    let second = second_language(session, matches);
    let Resolved { targets, unready, exit } = resolve(session, matches)?;
    // Without a summary nobody would read an empty report.
    if targets.is_empty() && !alone && matches.get_one::<String>("output-dir").is_none() {
        return Err(exit);
    }
    let only = match targets.as_slice() {
        [only] => Some(only.name()),
        _ => None,
    };
    let held_against = baselines.as_ref().map(|baselines| (baselines.fingerprint(), only.as_deref()));
    let folder = folder(session, matches, format, &judging, &reading, held_against)?;
    reading.without = folder.as_ref().and_then(Folder::place);
    let keeper = Keeper::from(session, matches)?;
    consent(session, &judging.profiles, &targets);
    let languages = Languages { first: Wording::new(&session.texts), second: second.as_ref().map(Wording::new) };
    // A file is read elsewhere and later: it looks alike wherever it was written.
    let layout = match layout(session, matches, judging.today) {
        layout if folder.is_some() => Layout { width: FILE_WIDTH, colour: false, ..layout },
        layout => layout,
    };
    let auditor = Auditor {
        session,
        matches,
        judging: &judging,
        context: judging.context(session),
        baselines: baselines.as_ref(),
        only,
        format,
        languages,
        layout,
        form: format.form(languages, layout),
        summarises: alone || folder.is_some() || format.batch_follows(),
        tells: !alone && folder.is_none(),
        folder: folder.as_ref(),
        keeps: keeper.is_some(),
    };
    let mut account = Account {
        auditor: &auditor,
        page: Output::new(session, matches, format, second.as_ref(), judging.today),
        silent: alone || folder.is_some(),
        summary: Summary::default(),
        live: Vec::new(),
        waivers: WaiversUsed::new(&judging),
        keeper,
        hints: BTreeSet::new(),
        exit,
    };
    unready.iter().for_each(|(name, message)| account.summary.fail(name, message));
    reading.each(targets, &auditor, |step| match step {
        Step::Result(origin, result) => {
            account.take(&origin, result);
            if account.page.is_closed() {
                reading.stop();
            }
        }
        Step::Pause => account.page.flush(),
    });
    Ok(account.finish())
}

/// `--summary`: nothing but what all phones come to.
fn summary_alone(session: &Session, matches: &ArgMatches, format: Format) -> Result<bool, Exit> {
    let alone = matches.get_flag("summary");
    if alone && !format.tells_batches() {
        let forms = Format::words(Format::tells_batches);
        session.error(
            &session.texts.with("cli-no-summary", &[("format", format.word())]),
            Some(&session.texts.with("cli-one-of", &[("words", &forms.join(", "))])),
        );
        return Err(Exit::USAGE);
    }
    Ok(alone)
}

/// `--output-dir`.
fn folder(
    session: &Session,
    matches: &ArgMatches,
    format: Format,
    judging: &Judging<'_>,
    reading: &Reading<'_>,
    held_against: Option<(String, Option<&str>)>,
) -> Result<Option<Folder>, Exit> {
    let Some(path) = matches.get_one::<String>("output-dir") else { return Ok(None) };
    // What is to be stored must be read.
    let store = store::asked_for(session, matches)?.map(|place| place.shown());
    let settings = format!(
        "{} {} {:?} {} {} {held_against:?} {store:?} {}",
        format.word(),
        session.texts.language().word(),
        second_language(session, matches).map(|texts| texts.language()),
        matches.get_flag("wide"),
        judging.settings(),
        reading.settings(),
    );
    let opened = Folder::open(Path::new(path), format, &settings);
    opened.map(Some).map_err(|error| {
        session.output_error(&error);
        Exit::USAGE
    })
}

/// What judges the snapshots, by several hands at a time.
struct Auditor<'a> {
    session: &'a Session,
    matches: &'a ArgMatches,
    judging: &'a Judging<'a>,
    context: Context<'a>,
    baselines: Option<&'a Baselines>,
    /// The target, where one was named.
    only: Option<String>,
    format: Format,
    languages: Languages<'a>,
    /// How a table of the results is laid out.
    layout: Layout,
    form: Box<dyn Form + 'a>,
    /// Whether anybody will see what all phones come to.
    summarises: bool,
    /// Whether the results themselves are told on the page.
    tells: bool,
    folder: Option<&'a Folder>,
    /// Whether readings are kept in a store.
    keeps: bool,
}

/// The result for one snapshot.
struct Judged {
    exit: Exit,
    /// What is to be said of it.
    notes: Vec<String>,
    /// The waivers that were looked at, and whether they were needed.
    waivers: Vec<(usize, bool)>,
    entry: Option<Entry>,
    known: bool,
    /// What the page tells of it.
    portion: Option<Portion>,
    /// For the store.
    snapshot: Option<Snapshot>,
    /// For the store.
    rows: Vec<VerdictRow>,
}

impl Auditor<'_> {
    fn audits<'s>(&'s self, origin: &Origin, snapshot: &'s Snapshot, notes: &mut Vec<String>) -> Vec<Audit<'s>> {
        // What is found in a tree was not named, nor is any but the first line of a file.
        let first = origin.name.strip_suffix(":1").unwrap_or(&origin.name);
        let only = self.only.as_ref().is_some_and(|only| *only == origin.name || only == first);
        let before = self.baselines.map(|baselines| baselines.of(self.session, origin, snapshot, only, notes));
        let profiles = self.judging.profiles.iter();
        profiles
            .map(|profile| match before {
                Some(Some(before)) => audit_against(before, snapshot, profile, self.context),
                Some(None) => compare::audit_against_nothing(snapshot, profile, self.context),
                None => audit(snapshot, profile, self.context),
            })
            .collect()
    }
}

impl Judge<Judged> for Auditor<'_> {
    fn wants_fingerprints(&self) -> bool {
        self.folder.is_some()
    }

    fn known(&self, origin: &Origin) -> Option<Judged> {
        let (entry, exit) = self.folder?.known(origin)?;
        Some(Judged {
            exit,
            notes: Vec::new(),
            waivers: Vec::new(),
            entry: Some(entry),
            known: true,
            portion: None,
            snapshot: None,
            rows: Vec::new(),
        })
    }

    fn judge(&self, origin: &Origin, snapshot: Snapshot) -> Judged {
        let mut notes = Vec::new();
        let audits = self.audits(origin, &snapshot, &mut notes);
        let damaged = is_damaged(&snapshot);
        let mut exit = if damaged { Exit::UNREADABLE } else { Exit::default() };
        let mut waivers = Vec::new();
        for audit in &audits {
            exit = exit.and(self.judging.outcome(audit));
            // What an earlier reading does not tell is no proof that nothing is new.
            if audit.baseline.as_ref().is_some_and(|baseline| !baseline.partial.is_empty()) {
                exit = exit.and(Exit::UNREADABLE);
            }
            waivers.extend(audit.waivers.iter().map(|used| (used.waiver, used.matched > 0)));
        }
        let entry = self.summarises.then(|| Entry::of(&origin.name, &snapshot, &audits, damaged));
        let mut portion = None;
        if let (Some(folder), Some(entry)) = (self.folder, &entry) {
            let report = self.format.document(self.languages, self.layout, [self.form.audits(&audits)]);
            if let Err(error) = folder.write(origin, &report, entry, exit) {
                self.session.output_error(&error);
                exit = exit.and(Exit::USAGE);
            }
        } else if self.tells {
            portion = Some(self.form.audits(&audits));
        }
        let rows = if self.keeps { audits.iter().map(VerdictRow::of).collect() } else { Vec::new() };
        drop(audits);
        let snapshot = self.keeps.then_some(snapshot);
        Judged { exit, notes, waivers, entry, known: false, portion, snapshot, rows }
    }
}

/// What became of every target.
struct Account<'a> {
    auditor: &'a Auditor<'a>,
    page: Output<'a>,
    /// Whether results go elsewhere than on the page.
    silent: bool,
    summary: Summary,
    /// The phones that were read now, each once.
    live: Vec<Entry>,
    waivers: WaiversUsed,
    keeper: Option<Keeper<'a>>,
    /// What to do, as far as it was said.
    hints: BTreeSet<String>,
    exit: Exit,
}

impl Account<'_> {
    fn take(&mut self, origin: &Origin, result: Result<Judged, Failure>) {
        let session = self.auditor.session;
        match result {
            Ok(judged) => {
                judged.notes.iter().for_each(|note| session.say(note));
                self.exit = self.exit.and(judged.exit);
                self.waivers.add(&judged.waivers);
                if let Some(portion) = judged.portion {
                    self.page.join(portion);
                }
                if let (Some(keeper), Some(snapshot)) = (self.keeper.as_mut(), &judged.snapshot) {
                    // A database may be long in answering; what is there is shown first.
                    self.page.flush();
                    keeper.keep(snapshot, &judged.rows);
                }
                match judged.entry {
                    Some(entry) if origin.live => self.take_live(entry),
                    Some(entry) => self.summary.add(entry, judged.known),
                    None => {}
                }
            }
            Err(failure) => {
                if origin.live {
                    session.say(&session.texts.with("cli-target", &[("target", &origin.name)]));
                }
                let (_, hint) = failure.told(session);
                // Of thousands of bad lines each is told, and what to do about them once.
                match hint {
                    Some(hint) if !self.hints.insert(hint.clone()) => failure.say_alone(session),
                    _ => failure.say(session),
                }
                self.exit = self.exit.and(failure.exit());
                match failure {
                    Failure::Aside(_) | Failure::Link(_) | Failure::Hollow(_) => self.summary.leave_aside(),
                    failure if self.auditor.summarises => self.summary.fail(&origin.name, &failure.told(session).0),
                    _ => {}
                }
            }
        }
    }

    /// A phone that is reached by two roads, as over a cable and over Wi-Fi, is one phone. Of two readings the whole one counts.
    fn take_live(&mut self, entry: Entry) {
        let is_same = |other: &&mut Entry| entry.device.id.is_some() && other.device.id == entry.device.id;
        let Some(other) = self.live.iter_mut().find(is_same) else {
            self.live.push(entry);
            return;
        };
        let variables = [("target", entry.target.as_str()), ("other", other.target.as_str())];
        self.auditor.session.say(&self.auditor.session.texts.with("cli-same-phone", &variables));
        self.summary.add_again(entry.damaged && other.damaged);
        if other.damaged && !entry.damaged {
            *other = entry;
        }
    }

    fn finish(self) -> Exit {
        let Account { auditor, mut page, silent, mut summary, live, waivers, keeper, mut exit, .. } = self;
        live.into_iter().for_each(|entry| summary.add(entry, false));
        let session = auditor.session;
        let several = summary.targets() + summary.aside > 1;
        let layout = layout(session, auditor.matches, auditor.judging.today);
        if let Some(folder) = auditor.folder {
            let own = [auditor.format].into_iter().filter(|form| form.tells_batches() && *form != Format::Json);
            for form in own.chain([Format::Json]) {
                let text = form.batch(&summary, auditor.languages, auditor.layout);
                if let Err(error) = folder.summary(form.extension(), &text) {
                    session.output_error(&error);
                    exit = exit.and(Exit::USAGE);
                }
            }
            page.add_text(&Format::Table.batch(&summary, auditor.languages, layout));
        } else if silent {
            page.add_text(&auditor.format.batch(&summary, auditor.languages, layout));
        } else if several && summary.read > 0 && auditor.summarises {
            page.add(|form| form.batch(&summary));
        }
        // A summary is whole by itself.
        let exit = exit.and(if silent { page.finish_text() } else { page.finish() });
        waivers.tell(session, auditor.judging);
        keeper.map_or(exit, |keeper| exit.and(keeper.finish()))
    }
}

/// Which waivers were judged by, and which were needed.
pub(crate) struct WaiversUsed {
    judged: Vec<bool>,
    needed: Vec<bool>,
}

impl WaiversUsed {
    pub(crate) fn new(judging: &Judging<'_>) -> WaiversUsed {
        let count = judging.waivers.as_ref().map_or(0, |waivers| waivers.list.len());
        WaiversUsed { judged: vec![false; count], needed: vec![false; count] }
    }

    fn add(&mut self, waivers: &[(usize, bool)]) {
        for (place, needed) in waivers {
            note(&mut self.judged, *place, true);
            note(&mut self.needed, *place, *needed);
        }
    }

    fn tell(&self, session: &Session, judging: &Judging<'_>) {
        if let Some(waivers) = &judging.waivers {
            super::waiver::tell_unused(session, waivers, &self.judged, &self.needed);
        }
    }
}

/// The earlier readings of `--baseline`.
struct Baselines(Vec<Snapshot>);

fn baselines(matches: &ArgMatches, reading: &Reading<'_>) -> Result<Option<Baselines>, Exit> {
    let Some(path) = matches.get_one::<String>("baseline") else { return Ok(None) };
    let (snapshots, exit) = reading.all(std::ffi::OsStr::new(path));
    // Against half a baseline everything would look new.
    if snapshots.is_empty() || exit != Exit::default() {
        return Err(exit.and(Exit::UNREADABLE));
    }
    Ok(Some(Baselines(snapshots)))
}

impl Baselines {
    /// SHA-256 of the readings, hexadecimal.
    fn fingerprint(&self) -> String {
        fingerprint::of_text(&serde_json::to_string(&self.0).unwrap_or_default())
    }

    /// The latest reading of a phone. One baseline for one target is meant for it, and a warning says when it is another phone's.
    fn of(
        &self,
        session: &Session,
        origin: &Origin,
        after: &Snapshot,
        only: bool,
        notes: &mut Vec<String>,
    ) -> Option<&Snapshot> {
        let same = |before: &&Snapshot| compare::same_device(before, after) == compare::SameDevice::Same;
        // Half a reading is nothing to compare with where there is a whole one.
        let latest = self.0.iter().filter(same).max_by_key(|before| (!before.is_partial(), before.moment()));
        let texts = &session.texts;
        match (latest, self.0.as_slice()) {
            (Some(before), _) => Some(before),
            (None, [before]) if only => {
                notes.push(texts.with("cli-baseline-other", &[("target", &origin.name)]));
                Some(before)
            }
            (None, _) => {
                notes.push(texts.with("cli-no-baseline", &[("target", &origin.name)]));
                None
            }
        }
    }
}

fn note(list: &mut [bool], place: usize, holds: bool) {
    if let Some(noted) = list.get_mut(place) {
        *noted |= holds;
    }
}

/// Reminds of the person's agreement before a phone is read, where a profile asks for it: poucet cannot know whether it was given.
pub(crate) fn consent(session: &Session, profiles: &[Profile], targets: &[Target]) {
    let live = targets.iter().any(|target| matches!(target, Target::Phone(_)));
    if let Some(profile) = profiles.iter().find(|profile| live && profile.privacy.consent_required) {
        session.say(&session.texts.with("cli-consent", &[("profile", &profile.id)]));
    }
}
