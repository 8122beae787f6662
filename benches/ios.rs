//! How long the parts of reading an encrypted iOS backup take.
//!
//! `cargo bench --bench ios` runs them. The keybag and the index are made here, always the same.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench that cannot go on stops")]

use std::fs::File;
use std::io::Write as _;
use std::sync::OnceLock;

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeEncrypt as _, KeyInit as _, KeyIvInit as _};
use pbkdf2::pbkdf2_hmac;
use poucet::inner::source::ios_backup::cipher::FileKey;
use poucet::inner::source::ios_backup::entry::file_id;
use poucet::inner::source::ios_backup::index::Index;
use poucet::inner::source::ios_backup::keybag::Keybag;
use poucet::inner::source::ios_backup::password::Password;

fn main() {
    divan::main();
}

/// The rounds that phones write.
const ROUNDS: (u32, u32) = (10_000_000, 10_000);
const PASSWORD: &[u8] = b"test-password";
const SALTS: ([u8; 20], [u8; 20]) = ([1; 20], [2; 20]);
const KEY: [u8; 32] = [3; 32];
/// The files of the generated index: a phone in use for some years.
const FILES: usize = 200_000;

fn derive(rounds: (u32, u32)) -> [u8; 32] {
    let (mut first, mut key) = ([0; 32], [0; 32]);
    pbkdf2_hmac::<sha2::Sha256>(PASSWORD, &SALTS.0, rounds.0, &mut first);
    pbkdf2_hmac::<sha1::Sha1>(&first, &SALTS.1, rounds.1, &mut key);
    key
}

/// A keybag of eleven classes.
fn keybag() -> Vec<u8> {
    let mut bag = Vec::new();
    let mut put = |tag: &[u8; 4], value: &[u8]| {
        bag.extend_from_slice(tag);
        bag.extend_from_slice(&u32::try_from(value.len()).unwrap().to_be_bytes());
        bag.extend_from_slice(value);
    };
    put(b"UUID", &[0; 16]);
    put(b"SALT", &SALTS.1);
    put(b"ITER", &ROUNDS.1.to_be_bytes());
    put(b"DPIC", &ROUNDS.0.to_be_bytes());
    put(b"DPSL", &SALTS.0);
    let key = aes_kw::KwAes256::new(&derive(ROUNDS).into());
    for class in 1..=11u32 {
        let mut wrapped = [0; 40];
        key.wrap_key(&KEY, &mut wrapped).unwrap();
        put(b"UUID", &[0; 16]);
        put(b"CLAS", &class.to_be_bytes());
        put(b"WPKY", &wrapped);
    }
    bag
}

/// A `Manifest.db`, encrypted, in a file without a name.
fn manifest() -> &'static File {
    static MANIFEST: OnceLock<File> = OnceLock::new();
    MANIFEST.get_or_init(|| {
        let mut connection = rusqlite::Connection::open_in_memory().unwrap();
        let schema =
            "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);
            CREATE INDEX FilesDomainIdx ON Files(domain); CREATE INDEX FilesRelativePathIdx ON Files(relativePath);
            CREATE INDEX FilesFlagsIdx ON Files(flags);";
        connection.execute_batch(schema).unwrap();
        let transaction = connection.transaction().unwrap();
        let mut insert = transaction.prepare("INSERT INTO Files VALUES (?, ?, ?, 1, ?)").unwrap();
        for number in 0..FILES {
            let (domain, path) = place(number);
            insert.execute((file_id(&domain, &path), domain, path, vec![0; 550])).unwrap();
        }
        drop(insert);
        transaction.commit().unwrap();
        let mut bytes = connection.serialize(rusqlite::MAIN_DB).unwrap().to_vec();
        let length = bytes.len();
        bytes.resize(length + 16, 0);
        cbc::Encryptor::<aes::Aes256>::new(&KEY.into(), &[0; 16].into())
            .encrypt_padded::<Pkcs7>(&mut bytes, length)
            .unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        file
    })
}

/// Domain and path of a file.
fn place(number: usize) -> (String, String) {
    (format!("AppDomain-com.example.app{}", number % 400), format!("Documents/cache/{number:08}.dat"))
}

fn index() -> Index {
    Index::encrypted(manifest().try_clone().unwrap(), FileKey::new(KEY)).unwrap()
}

/// The derivation alone, which no reader of such backups can do without.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn bare_derivation() -> [u8; 32] {
    derive(divan::black_box(ROUNDS))
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn unlock_keybag(bencher: divan::Bencher<'_, '_>) {
    let bytes = keybag();
    let password = Password::from_bytes(PASSWORD.to_vec());
    bencher.bench_local(|| Keybag::parse(&bytes).unwrap().unlock(&password).unwrap());
}

/// Opening the encrypted index of 200,000 files.
#[divan::bench]
fn open_index(bencher: divan::Bencher<'_, '_>) {
    manifest();
    bencher.bench_local(index);
}

/// One row of it, each time another one.
#[divan::bench]
fn look_up(bencher: divan::Bencher<'_, '_>) {
    let mut index = index();
    let mut number = 0;
    bencher.bench_local(|| {
        number = (number + 7919) % FILES;
        let (domain, path) = place(number);
        index.entry(&file_id(&domain, &path)).unwrap().unwrap()
    });
}

/// The domains of 400 apps.
#[divan::bench]
fn list_app_domains(bencher: divan::Bencher<'_, '_>) {
    let mut index = index();
    bencher.bench_local(|| index.app_domains().unwrap().unwrap().len());
}

/// What it replaces: decrypting the whole file.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn decrypt_whole_index(bencher: divan::Bencher<'_, '_>) {
    use std::io::{Read as _, Seek as _};
    let mut file = manifest().try_clone().unwrap();
    bencher.bench_local(|| {
        let mut bytes = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut bytes).unwrap();
        FileKey::new(KEY).decrypt(bytes, None).unwrap()
    });
}
