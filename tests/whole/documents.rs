//! Documents that follow from the code: what poucet asks a phone, and the JSON schemas of what it writes.
//!
//! `POUCET_UPDATE=1 cargo test --test whole documents::` writes them again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use poucet::inner::source::adb::questions::render;
use poucet::report::history::{DeviceHistory, DeviceList, Trend};
use poucet::report::json::{AuditReport, ComparisonReport, FleetReport};
use poucet::report::verdict::VerdictLine;
use poucet::snapshot::Snapshot;
use poucet::text::{Language, Texts};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a document with what the code says, or writes it when asked to.
fn assert_document(name: &str, expected: &str) {
    let path = root().join("docs").join(name);
    if std::env::var_os("POUCET_UPDATE").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(&path, expected).expect("the document is written");
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        found == expected,
        "docs/{name} is not what the code says; `POUCET_UPDATE=1 cargo test --test whole documents::` writes it again"
    );
}

const READS_HEAD: &str = "# What poucet reads

This list is made from the code (`src/evidence/kinds.rs`); a test compares the two, and another holds that every
command only reads. `poucet audit --explain-collection` prints the same table.

These commands run on an Android phone, and no other. They run as the shell user, without root. Nothing is installed on the
phone and nothing on it is changed; poucet sends what it reads to nobody. `SECONDS` stands for the seconds that a service may take,
`USER` for the number of an Android user; no other text from a phone enters a command. Between two commands poucet prints
a mark with `echo`.

What the answers hold and poucet does not keep: names of people and users, accounts, phone numbers, serial numbers, names of
networks and of computers, and the apps that the catalogue does not list (they are counted). `poucet collect` takes such
values out before it writes a file; `src/source/redact.tsv` lists them.

";

const READS_MIDDLE: &str = "
# Ce que poucet lit

Cette liste est produite à partir du code (`src/evidence/kinds.rs`); un test compare les deux, et un autre vérifie que
chaque commande ne fait que lire. `poucet audit --explain-collection --lang fr` affiche le même tableau.

Ces commandes sont lancées sur un téléphone Android, et aucune autre. Elles le sont sous l’utilisateur « shell », sans accès
« root ». Rien n’est installé sur le téléphone et rien n’y est modifié; poucet n’envoie à personne ce qu’il lit. `SECONDS` représente le
nombre de secondes accordé à un service, `USER` le numéro d’un utilisateur Android; aucun autre texte venu d’un téléphone
n’entre dans une commande. Entre deux commandes, poucet affiche un repère avec `echo`.

Ce que les réponses contiennent et que poucet ne garde pas : noms de personnes et d’utilisateurs, comptes, numéros de
téléphone, numéros de série, noms de réseaux et d’ordinateurs, ainsi que les applications absentes du catalogue (elles sont
comptées). `poucet collect` retire ces valeurs avant d’écrire un fichier; `src/source/redact.tsv` les énumère.

";

const READS_IOS: &str = "
## iOS backups

Of an iOS backup poucet opens these files, and no other (`src/evidence/ios.rs`). It finds each by its computed name in the
backup, decrypts it in memory, and writes nothing beside the backup or anywhere else. Of messages, photos, contacts, calls and
keychains nothing is opened.

What these files hold and poucet does not keep: the name of the phone and of its owner, Apple accounts, phone and serial
numbers, names of Wi-Fi networks, contents of configuration profiles, addresses of management servers, and the apps that the
catalogue does not list (they are counted).

";

const READS_IOS_FR: &str = "
## Sauvegardes iOS

D’une sauvegarde iOS, poucet ouvre ces fichiers, et aucun autre (`src/evidence/ios.rs`). Il trouve chacun par son nom calculé
dans la sauvegarde, le déchiffre en mémoire, et n’écrit rien à côté de la sauvegarde ni ailleurs. Des messages, photos,
contacts, appels et trousseaux, rien n’est ouvert.

Ce que ces fichiers contiennent et que poucet ne garde pas : le nom du téléphone et de son propriétaire, les comptes Apple, les
numéros de téléphone et de série, les noms de réseaux Wi-Fi, le contenu des profils de configuration, les adresses des
serveurs de gestion, ainsi que les applications absentes du catalogue (elles sont comptées).

";

#[test]
fn what_poucet_reads_is_what_the_code_asks() {
    let tables = |language| {
        let texts = Texts::new(language);
        (render(language, |key| texts.get(key)), poucet::inner::evidence::ios::render(|key| texts.get(key)))
    };
    let ((android, ios), (android_fr, ios_fr)) = (tables(Language::En), tables(Language::Fr));
    let text = format!("{READS_HEAD}{android}{READS_IOS}{ios}{READS_MIDDLE}{android_fr}{READS_IOS_FR}{ios_fr}");
    assert!(text.contains("`dumpsys -t SECONDS appops`") && text.contains("`Library/TCC/TCC.db`"));
    assert_document("what-poucet-reads.md", &text);
}

fn schema_of<T: schemars::JsonSchema>() -> Value {
    serde_json::to_value(schemars::schema_for!(T)).expect("a schema is JSON")
}

#[test]
fn the_schemas_are_those_of_the_types() {
    for (name, schema) in [
        ("snapshot", schema_of::<Snapshot>()),
        ("audit", schema_of::<AuditReport>()),
        ("comparison", schema_of::<ComparisonReport>()),
        ("fleet", schema_of::<FleetReport>()),
        ("verdict", schema_of::<VerdictLine<'static>>()),
        ("fleet-list", schema_of::<DeviceList<'static>>()),
        ("fleet-device", schema_of::<DeviceHistory<'static>>()),
        ("fleet-trend", schema_of::<Trend<'static>>()),
    ] {
        let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
        assert_document(&format!("schemas/{name}.json"), &text);
    }
    for (name, schema) in
        [("profile", poucet::profile::schema::profile()), ("waivers", poucet::profile::schema::waivers())]
    {
        assert_document(&format!("schemas/{name}.json"), &format!("{schema:#}\n"));
    }
}

/// What a TOML text stands for in JSON; dates become texts.
fn json_of(text: &str) -> Value {
    fn convert(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(date) => Value::String(date.to_string()),
            toml::Value::Array(list) => list.into_iter().map(convert).collect(),
            toml::Value::Table(table) => {
                Value::Object(table.into_iter().map(|(key, value)| (key, convert(value))).collect())
            }
            other => serde_json::to_value(other).expect("a plain value"),
        }
    }
    convert(toml::from_str(text).expect("TOML"))
}

#[test]
fn the_profiles_fit_their_schema() {
    let validator = jsonschema::validator_for(&poucet::profile::schema::profile()).expect("the schema is a schema");
    let mut profiles: Vec<(String, String)> = poucet::profile::shipped()
        .into_iter()
        .map(|shipped| (shipped.id.to_owned(), shipped.text.to_owned()))
        .collect();
    // The whole files that the documentation shows, too.
    for document in ["docs/profiles.md", "docs/design.md"] {
        let text = fs::read_to_string(root().join(document)).expect("the document");
        let blocks = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
        let whole = blocks.filter(|block| block.contains("format ") && block.contains("extends"));
        profiles.extend(whole.map(|block| (document.to_owned(), block.to_owned())));
    }
    assert!(profiles.len() >= 6, "{}", profiles.len());
    for (name, text) in profiles {
        let value = json_of(&text);
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

/// Every phone that the repository holds.
fn phones() -> Vec<PathBuf> {
    let mut phones: Vec<PathBuf> = fs::read_dir(root().join("tests/fixtures"))
        .expect("the fixtures")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir() && path.join("getprop.txt").exists())
        .collect();
    phones.push(root().join("docs/examples/staff-phone"));
    phones.sort();
    phones
}

fn output_of(arguments: &[&str], target: &Path, home: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_poucet"))
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("POUCET_ID_KEY", "a key of the tests")
        .env("POUCET_CONFIG", "")
        .env("LC_ALL", "C")
        .args(arguments)
        .arg(target)
        .output()
        .expect("the program starts");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{arguments:?} {}: {error}\n{}", target.display(), String::from_utf8_lossy(&output.stderr))
    })
}

#[test]
fn what_is_written_fits_the_schemas() {
    let home = tempfile::tempdir().expect("a temporary folder");
    // The same as in docs/schemas, which the test above holds.
    let validator = |schema: Value| jsonschema::validator_for(&schema).expect("the schema is a schema");
    let (snapshot, audit) = (validator(schema_of::<Snapshot>()), validator(schema_of::<AuditReport>()));
    let phones = phones();
    assert!(phones.len() >= 10, "{phones:?}");
    for phone in phones {
        for (validator, arguments) in [
            (&snapshot, &["snapshot"][..]),
            (&snapshot, &["snapshot", "--all-apps"]),
            (&audit, &["audit", "--format", "json"]),
            (&audit, &["audit", "--format", "json", "--lang", "fr", "-p", "precautionary"]),
        ] {
            let written = output_of(arguments, &phone, home.path());
            let errors: Vec<String> = validator
                .iter_errors(&written)
                .map(|error| format!("{} at {}", error, error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{} {arguments:?}: {errors:#?}", phone.display());
        }
    }
    // A schema that fits everything would fit this too.
    assert!(!snapshot.is_valid(&serde_json::json!({ "schema": "poucet.snapshot/1" })));
    assert!(!audit.is_valid(&serde_json::json!({ "schema": "poucet.audit/1" })));
}
