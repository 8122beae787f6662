//! Wireless debugging before a simulated phone (AOSP `packages/modules/adb/docs/dev/adb_wifi.md`): the port that goes over to TLS and knows
//! computers by their certificates, and the port on which they are paired.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use libadb::keys::AdbKey;
use libadb::keys::rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _};
use libadb::keys::rsa::rand_core::OsRng;
use libadb::keys::rsa::{BigUint, RsaPublicKey};
use libadb::pairing::{Role, Spake2};
use libadb::tls::TlsIdentity;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, ServerConnection, SignatureScheme};
use sha2::{Digest as _, Sha256};

use super::phone::SimulatedPhone;

/// A phone in wireless debugging, until the test ends.
pub struct WirelessPhone {
    port: u16,
    pairing_port: u16,
    trusted: Trusted,
}

/// The SubjectPublicKeyInfo of every key that the phone trusts.
type Trusted = Arc<Mutex<Vec<Vec<u8>>>>;

/// The name under which the phone announces itself.
pub const NAME: &str = "adb-ZY22POUCET-abcdef";

impl WirelessPhone {
    /// Before a phone, with this pairing code.
    pub fn start(phone: &SimulatedPhone, code: &'static str) -> WirelessPhone {
        let trusted = Trusted::default();
        let inner = phone.address();
        let own = AdbKey::generate(&mut OsRng, "phone").unwrap();
        let identity = TlsIdentity::from_key(&own, &mut OsRng).unwrap();
        let certificate = CertificateDer::from(identity.certificate_der().to_vec());
        let private = own.private_key().to_pkcs8_der().unwrap().as_bytes().to_vec();
        let config = {
            let (certificate, private) = (certificate.clone(), private);
            let trusted = Arc::clone(&trusted);
            move |check: bool| {
                let checked = check.then(|| Arc::clone(&trusted));
                let verifier = Certificates::new(checked);
                let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(private.clone()));
                let provider = Arc::new(rustls::crypto::ring::default_provider());
                let config = ServerConfig::builder_with_provider(provider)
                    .with_protocol_versions(&[&rustls::version::TLS13])
                    .unwrap()
                    .with_client_cert_verifier(Arc::new(verifier))
                    .with_single_cert(vec![certificate.clone()], private);
                Arc::new(config.unwrap())
            }
        };
        let secure = config.clone();
        let port = listen(move |stream| debugging(stream, secure(true), &inner));
        let keys = Arc::clone(&trusted);
        let pairing_port = listen(move |stream| pairing(stream, config(false), code, &keys));
        WirelessPhone { port, pairing_port, trusted }
    }

    /// The address that a phone is read through.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The address that stands beside the code.
    pub fn pairing_address(&self) -> String {
        format!("127.0.0.1:{}", self.pairing_port)
    }

    /// How many computers the phone trusts.
    pub fn trusted(&self) -> usize {
        self.trusted.lock().unwrap().len()
    }

    /// Trusts the computer that has this private key.
    pub fn trust(&self, pem: &str) {
        let key = AdbKey::from_pkcs8_pem(pem, &mut OsRng, "test").unwrap();
        let public = key.private_key().to_public_key().to_public_key_der().unwrap().as_bytes().to_vec();
        self.trusted.lock().unwrap().push(public);
    }
}

fn listen(serve: impl Fn(TcpStream) -> Option<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            std::thread::spawn(move || serve(stream));
        }
    });
    port
}

fn head(word: &[u8; 4], first: u32) -> Vec<u8> {
    let word = u32::from_le_bytes(*word);
    [word, first, 0, 0, 0, !word].iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// The port that a phone is read through: a greeting, the wish for TLS, and behind it the phone itself.
fn debugging(mut stream: TcpStream, config: Arc<ServerConfig>, inner: &str) -> Option<()> {
    let _ = stream.set_nodelay(true);
    let mut greeting = vec![0; 24];
    stream.read_exact(&mut greeting).ok()?;
    if &greeting[..4] != b"CNXN" {
        return None;
    }
    let length = u32::from_le_bytes(greeting[12..16].try_into().unwrap());
    greeting.resize(24 + usize::try_from(length).unwrap(), 0);
    stream.read_exact(&mut greeting[24..]).ok()?;
    stream.write_all(&head(b"STLS", 0x0100_0000)).ok()?;
    let mut answer = [0; 24];
    stream.read_exact(&mut answer).ok()?;
    if &answer[..4] != b"STLS" {
        return None;
    }
    let mut tls = ServerConnection::new(config).unwrap();
    let done = tls.complete_io(&mut stream);
    while tls.wants_write() {
        tls.write_tls(&mut stream).ok()?;
    }
    if done.is_err() {
        // So that the alert is read before the connection is gone.
        let _ = stream.shutdown(Shutdown::Write);
        let _ = io::copy(&mut stream, &mut io::sink());
        return None;
    }
    let mut phone = TcpStream::connect(inner).ok()?;
    let _ = phone.set_nodelay(true);
    phone.write_all(&greeting).ok()?;
    let tls = Arc::new(Mutex::new(tls));
    let (mut from_phone, mut to_computer, sealing) =
        (phone.try_clone().ok()?, stream.try_clone().ok()?, Arc::clone(&tls));
    std::thread::spawn(move || {
        let mut buffer = vec![0; 8 << 10];
        while let Ok(count @ 1..) = from_phone.read(&mut buffer) {
            let mut sealed = Vec::new();
            let mut tls = sealing.lock().unwrap();
            tls.writer().write_all(&buffer[..count]).unwrap();
            while tls.wants_write() {
                tls.write_tls(&mut sealed).unwrap();
            }
            drop(tls);
            if to_computer.write_all(&sealed).is_err() {
                break;
            }
        }
        let _ = to_computer.shutdown(Shutdown::Both);
    });
    let mut buffer = vec![0; 8 << 10];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let mut bytes = &buffer[..count];
        while !bytes.is_empty() {
            let mut tls = tls.lock().unwrap();
            tls.read_tls(&mut bytes).ok()?;
            let state = tls.process_new_packets().ok()?;
            let mut plain = vec![0; state.plaintext_bytes_to_read()];
            tls.reader().read_exact(&mut plain).ok()?;
            drop(tls);
            phone.write_all(&plain).ok()?;
        }
    }
    let _ = phone.shutdown(Shutdown::Both);
    Some(())
}

/// The port on which computers are paired (AOSP `adb/pairing_connection`, `adb/pairing_auth`).
fn pairing(mut stream: TcpStream, config: Arc<ServerConfig>, code: &str, trusted: &Trusted) -> Option<()> {
    let mut tls = ServerConnection::new(config).unwrap();
    let done = tls.complete_io(&mut stream);
    if done.is_err() {
        while tls.wants_write() {
            tls.write_tls(&mut stream).ok()?;
        }
        return None;
    }
    let exported = tls.export_keying_material([0; 64], b"adb-label\0", None).unwrap();
    let password = [code.as_bytes(), &exported].concat();
    let spake2 = Spake2::new(Role::Bob, b"adb pair server\0", b"adb pair client\0", &password, &mut OsRng);
    let mut tls = rustls::StreamOwned::new(tls, stream);
    let send = |tls: &mut rustls::StreamOwned<ServerConnection, TcpStream>, kind: u8, data: &[u8]| {
        let mut packet = vec![1, kind];
        packet.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
        packet.extend_from_slice(data);
        tls.write_all(&packet).and_then(|()| tls.flush()).ok()
    };
    let receive = |tls: &mut rustls::StreamOwned<ServerConnection, TcpStream>| {
        let mut head = [0; 6];
        tls.read_exact(&mut head).ok()?;
        let mut data = vec![0; usize::try_from(u32::from_be_bytes(head[2..].try_into().unwrap())).unwrap()];
        tls.read_exact(&mut data).ok()?;
        Some(data)
    };
    send(&mut tls, 0, spake2.message())?;
    let theirs = receive(&mut tls)?;
    let secret = spake2.finish(&theirs).ok()?;
    let salt = ring::hkdf::Salt::new(ring::hkdf::HKDF_SHA256, &[]);
    let extracted = salt.extract(secret.as_ref());
    let info: [&[u8]; 1] = [b"adb pairing_auth aes-128-gcm key"];
    let key: ring::aead::UnboundKey = extracted.expand(&info, &ring::aead::AES_128_GCM).unwrap().into();
    let key = ring::aead::LessSafeKey::new(key);
    let nonce = || ring::aead::Nonce::assume_unique_for_key([0; 12]);
    let mut mine = vec![0; 8192];
    mine[0] = 1;
    mine[1..=NAME.len()].copy_from_slice(NAME.as_bytes());
    key.seal_in_place_append_tag(nonce(), ring::aead::Aad::empty(), &mut mine).unwrap();
    send(&mut tls, 1, &mine)?;
    let mut sealed = receive(&mut tls)?;
    let opened = key.open_in_place(nonce(), ring::aead::Aad::empty(), &mut sealed).ok()?;
    let line = opened[1..].split(|byte| *byte == 0 || *byte == b' ').next()?;
    trusted.lock().unwrap().push(public_key(&from_base64(line)));
    Some(())
}

fn from_base64(text: &[u8]) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = 0u32;
    let mut bytes = Vec::new();
    for (index, byte) in text.iter().filter(|byte| **byte != b'=').enumerate() {
        let digit = digits.iter().position(|digit| digit == byte).unwrap();
        bits = bits << 6 | u32::try_from(digit).unwrap();
        if index % 4 > 0 {
            bytes.push((bits >> (6 - 2 * (index % 4))) as u8);
        }
    }
    bytes
}

/// The SubjectPublicKeyInfo of a key in Android's own form: words, inverse, modulus and square little-endian, exponent.
fn public_key(bytes: &[u8]) -> Vec<u8> {
    assert_eq!(bytes.len(), 524);
    let modulus = BigUint::from_bytes_le(&bytes[8..264]);
    let key = RsaPublicKey::new(modulus, BigUint::from_bytes_le(&bytes[520..])).unwrap();
    key.to_public_key_der().unwrap().as_bytes().to_vec()
}

/// Looks at the certificates of computers, and tells them which keys it trusts.
#[derive(Debug)]
struct Certificates {
    trusted: Option<Trusted>,
    names: Vec<DistinguishedName>,
    provider: rustls::crypto::CryptoProvider,
}

impl Certificates {
    fn new(trusted: Option<Trusted>) -> Certificates {
        let keys = trusted.as_ref().map(|keys| keys.lock().unwrap().clone()).unwrap_or_default();
        let names = keys.iter().map(|key| issuer(key)).collect();
        Certificates { trusted, names, provider: rustls::crypto::ring::default_provider() }
    }
}

/// `O=AdbKey-0, CN=` and the hash of the key (AOSP `adb/tls/adb_ca_list.cpp`).
fn issuer(key: &[u8]) -> DistinguishedName {
    let hash: String = Sha256::digest(key).iter().map(|byte| format!("{byte:02X}")).collect();
    let wrap = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
    let part = |attribute: u8, value: &str| {
        let attribute = [0x06, 0x03, 0x55, 0x04, attribute];
        wrap(0x31, &wrap(0x30, &[&attribute[..], &wrap(0x13, value.as_bytes())].concat()))
    };
    wrap(0x30, &[part(10, "AdbKey-0"), part(3, &hash)].concat()).into()
}

impl ClientCertVerifier for Certificates {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.names
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let known = |trusted: &Trusted| {
            let holds = |key: &Vec<u8>| certificate.windows(key.len()).any(|part| part == key.as_slice());
            trusted.lock().unwrap().iter().any(holds)
        };
        match self.trusted.as_ref().is_none_or(known) {
            true => Ok(ClientCertVerified::assertion()),
            false => Err(rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer)),
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        panic!("only TLS 1.3 is spoken")
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
