use super::*;

fn op<'d>(facts: &'d AppOps<'d>, uid: u32, package: &str, op: &str) -> &'d OpRow<'d> {
    facts
        .of_uid(uid)
        .flat_map(|block| &block.packages)
        .filter(|block| block.name == package)
        .flat_map(|block| &block.ops)
        .find(|row| row.op == op)
        .unwrap()
}

fn stamp(row: &OpRow<'_>) -> String {
    match &row.last_access.as_ref().unwrap().moment {
        Moment::Stamp(stamp) => stamp.to_string(),
        other @ Moment::Ago(_) => panic!("{other:?}"),
    }
}

proptest::proptest! {
    #[test]
    fn the_modes_stand_behind_the_last_blank_and_parenthesis(head in "[a( é]{0,9}") {
        proptest::prop_assert_eq!(name_and_modes(&head), head.rsplit_once(" ("));
    }
}

#[test]
fn reads_android_8() {
    let dump = "Current AppOps Service state:\n  Op mode watchers:\n    Op CAMERA:\n      #0: ModeCallback{1}\n  Uid u0a73:\n      COARSE_LOCATION: mode=1\n    Package com.x:\n      FINE_LOCATION: mode=0; time=+6s865ms ago; rejectTime=+1h49m54s658ms ago; duration=+4s28ms\n      RECORD_AUDIO: mode=0; time=+18h ago (running)\n      OP_READ_PHONE_STATE: mode=2\n";
    let parsed = parse(dump);
    assert_eq!(parsed.gaps, []);
    let facts = parsed.facts;
    assert_eq!(facts.uids[0].uid, 10073);
    assert_eq!(facts.uids[0].modes, [UidMode { op: "COARSE_LOCATION", mode: Mode::Ignore, line: 6 }]);
    let fine = op(&facts, 10073, "com.x", "FINE_LOCATION");
    assert!(fine.rejected);
    assert_eq!(fine.last_access.as_ref().unwrap().moment, Moment::Ago("+6s865ms"));
    let audio = op(&facts, 10073, "com.x", "RECORD_AUDIO");
    assert_eq!(audio.running, Some(Running { state: ProcessState::Unknown, line: 9 }));
    assert_eq!(audio.last_access.as_ref().unwrap().moment, Moment::Ago("+18h"));
    assert_eq!(op(&facts, 10073, "com.x", "READ_PHONE_STATE").mode, Mode::Deny);
}

#[test]
fn reads_android_9() {
    let dump = "  Uid u0a5:\n    state=cch\n    Package com.x:\n      CAMERA (allow): \n          Access: top   = 2023-08-23 07:55:36.220 (-2h6m59s412ms)\n                  bg    = 2023-08-24 09:27:36.495 (-1d0h34m59s137ms)\n          Reject: pers  = 2023-08-25 21:10:28.546 (-12h52m7s86ms)\n                  bg    = 2023-08-26 21:10:28.546 (-12h52m7s86ms)\n          duration=+2s536ms\n      FINE_LOCATION (allow / switch COARSE_LOCATION=ignore): \n";
    let facts = parse(dump).facts;
    let camera = op(&facts, 10005, "com.x", "CAMERA");
    assert_eq!(stamp(camera), "2023-08-24 09:27:36.495");
    assert_eq!(camera.last_access.as_ref().unwrap().state, ProcessState::Background);
    assert!(camera.rejected);
    assert_eq!(op(&facts, 10005, "com.x", "FINE_LOCATION").mode, Mode::Allow);
}

#[test]
fn reads_android_10_and_later() {
    let dump = "  Uid u10a103:\n    state=cch\n    foregroundOps:\n      COARSE_LOCATION: WATCHER\n      CAMERA: mode=foreground\n    Package com.x:\n      CAMERA (allow): \n        null=[\n          Access: [top-s] 2026-05-04 16:55:25.211 (-1h34m36s526ms) duration=+3m53s278ms\n          Access: [bg-tp] 2026-06-04 16:55:25.211 (-1h34m36s526ms)\n          Access: [cch-s] 2027-05-04 16:55:25.211 (+4h)\n          Reject: [cch-s]2026-05-02 17:34:21.124 (-2d0h55m40s613ms)\n        ]\n        a tag with [ brackets=[\n          Access: [fgsvc-tpd] 2026-05-05 01:00:00.000 (-1h) proxy[uid=10070, pkg=com.y, attributionTag=null]\n        ]\n      MIUIOP(10008) (ignore): \n      READ_CONTACTS (default / switch READ_CONTACTS=allow):\n        null=[\n          Running start at: +27s669ms\n        ]\n  User restrictions for token android.os.Binder@1:\n      CAMERA: mode=ignore\n";
    let parsed = parse(dump);
    assert_eq!(parsed.gaps, []);
    let facts = parsed.facts;
    assert_eq!(facts.uids.len(), 1);
    assert_eq!(facts.uids[0].uid, 1_010_103);
    assert_eq!(facts.uids[0].modes.len(), 1);
    let camera = op(&facts, 1_010_103, "com.x", "CAMERA");
    assert_eq!(stamp(camera), "2026-05-05 01:00:00.000");
    assert!(camera.rejected);
    assert_eq!(op(&facts, 1_010_103, "com.x", "MIUIOP(10008)").mode, Mode::Ignore);
    let contacts = op(&facts, 1_010_103, "com.x", "READ_CONTACTS");
    assert!(contacts.running.is_some() && contacts.last_access.is_none() && camera.running.is_none());
    assert_eq!(camera.last_age, Some("-1h"));
}

#[test]
fn a_use_that_goes_on_keeps_the_rows_before_it_and_its_state() {
    let dump = |rows: &str| format!("  Uid u0a1:\n    Package com.x:\n      RECORD_AUDIO (allow): \n{rows}");
    let tag = |rows: &str| {
        format!("        null=[\n{rows}          Running start at: +2m\n          startNesting=1\n        ]\n")
    };
    let latest = "          Access: [top-s] 2026-08-20 09:00:00.000 (-1d)\n          Access: [fgsvc-s] 2026-08-21 09:58:00.000 (-2m)\n";
    let read = |text: &str| {
        let facts = parse(text).facts;
        let row = op(&facts, 10001, "com.x", "RECORD_AUDIO");
        (row.running.map(|running| running.state), row.last_access.as_ref().map(|access| access.line))
    };
    assert_eq!(read(&dump(&tag(latest))), (Some(ProcessState::Foreground), Some(6)));
    // The state is that of its own tag, and of the latest row there.
    let other = "        other=[\n          Access: [bg-s] 2026-08-22 09:58:00.000 (-1m)\n        ]\n";
    assert_eq!(read(&dump(&format!("{other}{}", tag(latest)))), (Some(ProcessState::Foreground), Some(5)));
    let background = tag(
        "          Access: [bg-s] 2026-08-21 09:58:00.000 (-2m)\n          Access: [top-s] 2026-08-20 09:00:00.000 (-1d)\n",
    );
    assert_eq!(read(&dump(&background)), (Some(ProcessState::Background), Some(5)));
    // What goes on for another app is no use of this one.
    let proxy = tag("          Access: [fgsvc-tp] 2026-08-21 09:58:00.000 (-2m)\n");
    assert_eq!(read(&dump(&proxy)), (None, None));
    // Android 9 has no tags.
    let nine = "          Access: top   = 2026-08-21 09:00:00.000 (-1h)\n                  fgsvc = 2026-08-21 09:58:00.000 (-2m)\n          Running start at: +2m\n";
    assert_eq!(read(&dump(nine)), (Some(ProcessState::Foreground), Some(5)));
    assert_eq!(read(&dump(&tag(""))), (Some(ProcessState::Unknown), None));
}

#[test]
fn keeps_a_doubtful_time_only_where_there_is_no_other() {
    let dump = "  Uid u0a1:\n    Package com.x:\n      CAMERA (allow): \n        null=[\n          Access: [top-s] 1970-01-01 12:43:00.000 (-20000d)\n          Access: [bg-s] 2019-01-01 12:43:00.000 (-200d)\n        ]\n      RECORD_AUDIO (allow): \n        null=[\n          Access: [top-s] 1970-01-01 12:43:00.000 (-20000d)\n        ]\n";
    let facts = parse(dump).facts;
    assert_eq!(stamp(op(&facts, 10001, "com.x", "CAMERA")), "2019-01-01 12:43:00.000");
    assert!(op(&facts, 10001, "com.x", "RECORD_AUDIO").last_access.as_ref().unwrap().doubtful);
}

#[test]
fn reads_every_form_of_uid() {
    let read: Vec<_> = ["0", "1000", "u0a103", "u11s1000", "u0i5", "u0ai3", "10142", "ux", "u0z1", "u99999999a1"]
        .iter()
        .map(|uid| parse_uid(uid))
        .collect();
    assert_eq!(
        read,
        [Some(0), Some(1000), Some(10103), Some(1_101_000), Some(99_005), Some(90_003), Some(10142), None, None, None]
    );
}

#[test]
fn a_cut_dump_does_not_cover_what_it_may_have_lost() {
    let text = format!("{FIRST_LINE}\n  Uid u0a1:\n      CAMERA: mode=ignore\n  Uid u0a3:\n      CAMERA: mode=ign");
    let facts = parse(&text).facts;
    assert!(facts.covers(10001) && facts.covers(10002) && !facts.covers(10003) && !facts.covers(10004));
    // Without its first line the dump may lack blocks before the first one, and the beginning of that one.
    let facts = parse(text.strip_prefix(FIRST_LINE).unwrap()).facts;
    assert!(!facts.covers(10000) && !facts.covers(10001) && facts.covers(10002));
    // Where the uids do not rise, a block that is not there may still come.
    let moved = text.replace("u0a1:", "u0a9:");
    let facts = parse(&moved).facts;
    assert!(facts.covers(10009) && !facts.covers(10001) && !facts.covers(10003));
}

proptest::proptest! {
    #[test]
    fn never_panics(text in "(  Uid [u0-9ais]{1,6}:\n|    Package [a-z.]{1,8}:\n|      [A-Z_()0-9]{1,9} [(a-z/= )]{0,9}:? ?\n|          Access: ?\\[[a-z-]{1,6}\\] ?[0-9 :.-]{0,24}[(+]{0,2}\n|.{0,30}\n){0,40}") {
        parse(&text);
    }
}
