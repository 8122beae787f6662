//! The examples of `docs/scale.md`, as they stand: GNU parallel, Apache Spark, DuckDB and PostgreSQL, each the real program.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::common::skip::skipped;
use crate::common_postgres::Postgres;

const POUCET: &str = env!("CARGO_BIN_EXE_poucet");

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scale")
}

/// Says that a program is missing; where it is required, the test fails.
fn missing(program: &str) {
    assert!(std::env::var("POUCET_REQUIRE_SCALE").as_deref() != Ok("1"), "no {program}");
    skipped(&format!("{program} is not here"));
}

/// A Python with these packages.
fn python(packages: &[&str]) -> Option<String> {
    let python = std::env::var("POUCET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let imports = format!("import {}", packages.join(", "));
    let found = Command::new(&python)
        .args(["-c", &imports])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        missing(&format!("Python with {}", packages.join(" and ")));
    }
    found.then_some(python)
}

fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        missing(program);
    }
    found
}

/// A folder with so many snapshot lines.
fn room(lines: usize) -> Option<tempfile::TempDir> {
    let room = tempfile::tempdir().unwrap();
    let python = std::env::var("POUCET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let Ok(output) = Command::new(python).arg(scripts().join("generate.py")).arg(lines.to_string()).output() else {
        missing("Python");
        return None;
    };
    assert!(output.status.success(), "{}", said(&output));
    std::fs::write(room.path().join("snapshots.jsonl"), output.stdout).unwrap();
    Some(room)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn run(command: &mut Command, room: &Path, input: Option<&str>) -> Output {
    let stdin = input.map_or(Stdio::null(), |name| Stdio::from(std::fs::File::open(room.join(name)).unwrap()));
    command.current_dir(room).env("POUCET_CONFIG", "").stdin(stdin).output().unwrap()
}

const FILTER: [&str; 6] = ["audit", "-", "-f", "verdicts", "--fail-on", "none"];

/// The lines as one process judges them, also in `verdicts.jsonl`.
fn alone(room: &Path) -> Output {
    let output = run(Command::new(POUCET).args(FILTER), room, Some("snapshots.jsonl"));
    std::fs::write(room.join("verdicts.jsonl"), &output.stdout).unwrap();
    output
}

/// Spoils a line, so that it is no snapshot.
fn spoil(room: &Path, number: usize) {
    let text = std::fs::read_to_string(room.join("snapshots.jsonl")).unwrap();
    let lines =
        text.lines().enumerate().map(|(at, line)| if at + 1 == number { &line[..line.len() / 2] } else { line });
    let spoiled: String = lines.map(|line| format!("{line}\n")).collect();
    std::fs::write(room.join("snapshots.jsonl"), spoiled).unwrap();
}

#[test]
fn parallel_gives_the_bytes_of_one_process() {
    if !has("parallel") {
        return;
    }
    let Some(room) = room(400) else { return };
    spoil(room.path(), 123);
    let one = alone(room.path());
    assert_eq!(
        (one.status.code(), one.stdout.iter().filter(|byte| **byte == b'\n').count()),
        (Some(3), 399),
        "{}",
        said(&one)
    );
    let words = ["--pipe", "-k", "--block", "200k", "-j", "2", POUCET];
    let mut parallel = Command::new("parallel");
    parallel.args(words).args(FILTER).args(["--jobs", "1"]).env("HOME", room.path());
    let many = run(&mut parallel, room.path(), Some("snapshots.jsonl"));
    assert_eq!(many.status.code(), Some(1), "one block has a bad line: {}", said(&many));
    assert!(said(&many).contains("is no snapshot"), "{}", said(&many));
    assert!(many.stdout == one.stdout, "other bytes");
}

/// Spark runs one at a time: each has machines of its own.
fn spark(python: &str, script: &str, room: &Path, arguments: &[&str]) -> Output {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut command = Command::new(python);
    command
        .arg(scripts().join(script))
        .args(arguments)
        .env("PYSPARK_PYTHON", python)
        .env("PYSPARK_DRIVER_PYTHON", python)
        .env("SPARK_LOCAL_IP", "127.0.0.1")
        .env(
            "PYSPARK_SUBMIT_ARGS",
            "--master local-cluster[2,1,1024] --driver-memory 1g --conf spark.ui.enabled=false \
             --conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1 pyspark-shell",
        )
        .env_remove("SPARK_HOME");
    run(&mut command, room, None)
}

/// The parts of a folder that Spark wrote, in their order.
fn parts(folder: &Path) -> Vec<u8> {
    let mut parts: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("part-")))
        .collect();
    parts.sort();
    assert!(parts.len() > 1, "{parts:?}");
    parts.iter().flat_map(|part| std::fs::read(part).unwrap()).collect()
}

#[test]
fn spark_with_two_workers_gives_the_bytes_of_one_process() {
    if !has("java") {
        return;
    }
    let Some(python) = python(&["pyspark"]) else { return };
    let Some(room) = room(300) else { return };
    spoil(room.path(), 250);
    let one = alone(room.path());
    let arguments = ["--poucet", POUCET, "--parts", "4", "snapshots.jsonl", "verdicts"];
    let many = spark(&python, "spark_audit.py", room.path(), &arguments);
    assert_eq!(many.status.code(), Some(3), "{}", said(&many));
    assert!(said(&many).contains("-:250 is no snapshot"), "the line of the whole input: {}", said(&many));
    assert!(parts(&room.path().join("verdicts")) == one.stdout, "other bytes");

    // A failure of poucet is a failure of the job, and no silent hole.
    let wrong = ["--poucet", POUCET, "snapshots.jsonl", "none", "--", "--profile", "no-such-profile"];
    let failed = spark(&python, "spark_audit.py", room.path(), &wrong);
    assert!(!matches!(failed.status.code(), Some(0 | 3)), "{}", said(&failed));
}

#[test]
fn three_databases_answer_alike_from_the_lines_as_they_are() {
    let Some(python) = python(&["pyspark", "duckdb"]) else { return };
    let Some(room) = room(300) else { return };
    let Some(server) = Postgres::start() else { return };
    let one = alone(room.path());
    assert_eq!(one.status.code(), Some(0), "{}", said(&one));

    let duckdb = run(Command::new(&python).arg(scripts().join("duckdb_query.py")), room.path(), None);
    assert!(duckdb.status.success(), "{}", said(&duckdb));
    let answers = String::from_utf8(duckdb.stdout).unwrap();
    for column in
        ["profile,verdict,worst,phones", "profile,rule,severity,phones,findings", "app,phones", "rule,reason,phones"]
    {
        assert!(answers.contains(column), "{answers}");
    }
    assert!(answers.contains("byod,fail,") && answers.lines().count() > 15, "{answers}");

    let sql = |name: &str| std::fs::read_to_string(scripts().join(name)).unwrap();
    std::fs::write(room.path().join("all.sql"), sql("postgres.sql") + &sql("questions.sql")).unwrap();
    let address = server.database("lines");
    let mut psql = Command::new("psql");
    psql.args([&address, "--csv", "--quiet", "-v", "ON_ERROR_STOP=1", "-f", "all.sql"]);
    let postgres = run(&mut psql, room.path(), None);
    assert!(postgres.status.success(), "{}", said(&postgres));
    assert_eq!(String::from_utf8(postgres.stdout).unwrap(), answers, "PostgreSQL, and DuckDB");

    if !has("java") {
        return;
    }
    let spark = spark(&python, "spark_query.py", room.path(), &["verdicts.jsonl"]);
    assert!(spark.status.success(), "{}", said(&spark));
    assert_eq!(String::from_utf8(spark.stdout).unwrap(), answers, "Spark SQL, and DuckDB");
}
