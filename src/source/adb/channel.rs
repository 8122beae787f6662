//! The bytes of a connection to a phone: TCP, and TLS over it where the phone asks for it.
//!
//! One thread reads and several write. TLS is 1.3, as wireless debugging speaks it (AOSP `adb/docs/dev/adb_wifi.md`): the phone knows
//! this computer by the key in its certificate, and nobody knows the phone but by its address, as with `adb`. No secret of a connection is
//! ever written down, whatever `SSLKEYLOGFILE` says.

use std::io::{self, ErrorKind, Read, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};

use super::keys::Key;
use super::waiting::left;

/// How long a phone may leave the acknowledgement of its own data unread.
const PATIENCE: Duration = Duration::from_secs(2);
/// How much is read at once; a record of TLS has at most 16 KiB and a little.
const PIECE: usize = 64 << 10;

/// A connection that several threads use.
#[derive(Debug)]
pub(crate) struct Channel {
    socket: TcpStream,
    tls: OnceLock<Mutex<ClientConnection>>,
    writing: Mutex<()>,
}

impl Channel {
    /// The connection and its only reader.
    pub(crate) fn new(socket: TcpStream) -> (Arc<Channel>, ChannelReader) {
        let channel = Arc::new(Channel { socket, tls: OnceLock::new(), writing: Mutex::new(()) });
        let reader =
            ChannelReader { channel: Arc::clone(&channel), deadline: None, held: Vec::new(), taken: 0, ended: false };
        (channel, reader)
    }

    fn tls(&self) -> Option<MutexGuard<'_, ClientConnection>> {
        self.tls.get().map(|tls| tls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes all of the bytes, at the latest at the deadline.
    pub(crate) fn write(&self, bytes: &[u8], deadline: Instant) -> io::Result<()> {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.tls.get().is_none() {
            return self.send(bytes, deadline);
        }
        // The buffer of `rustls` is limited, and a message may be longer.
        for piece in bytes.chunks(16 << 10) {
            let sealed = match self.tls() {
                Some(mut tls) => tls.writer().write_all(piece).and_then(|()| sealed(&mut tls))?,
                None => Vec::new(),
            };
            self.send(&sealed, deadline)?;
        }
        Ok(())
    }

    /// Writes what TLS itself has to say.
    fn flush(&self, deadline: Instant) -> io::Result<()> {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let sealed = match self.tls() {
            Some(mut tls) => sealed(&mut tls)?,
            None => Vec::new(),
        };
        self.send(&sealed, deadline)
    }

    fn send(&self, mut bytes: &[u8], deadline: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            self.socket.set_write_timeout(Some(left(deadline).ok_or(ErrorKind::TimedOut)?))?;
            match (&self.socket).write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => bytes = bytes.get(count..).unwrap_or(&[]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Ends the connection, and with it whatever waits for it.
    pub(crate) fn shut(&self) {
        // One that is closed already cannot be shut, and need not be.
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

fn sealed(tls: &mut ClientConnection) -> io::Result<Vec<u8>> {
    let mut sealed = Vec::new();
    while tls.wants_write() {
        tls.write_tls(&mut sealed)?;
    }
    Ok(sealed)
}

/// The reading end. Without a deadline it waits until the connection is shut.
#[derive(Debug)]
pub(crate) struct ChannelReader {
    channel: Arc<Channel>,
    deadline: Option<Instant>,
    /// What came and was not asked for yet.
    held: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl ChannelReader {
    /// Until when the next reads may take.
    pub(crate) fn until(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    /// Goes on over TLS from here. The certificates of the keys go out where the phone asks for one.
    pub(crate) fn start_tls(&mut self, keys: &[Key], deadline: Instant) -> io::Result<()> {
        let connection =
            ClientConnection::new(Arc::new(config(keys)?), ServerName::try_from("adb").map_err(io::Error::other)?);
        let connection = connection.map_err(io::Error::other)?;
        if self.channel.tls.set(Mutex::new(connection)).is_err() {
            return Err(io::Error::other("TLS was begun twice"));
        }
        // What was read ahead belongs to TLS.
        let ahead = self.held.split_off(self.taken.min(self.held.len()));
        self.held.clear();
        self.taken = 0;
        self.channel.flush(deadline)?;
        self.until(Some(deadline));
        self.open(&ahead)?;
        let mut piece = vec![0; PIECE];
        while self.channel.tls().is_some_and(|tls| tls.is_handshaking()) {
            let count = self.receive(&mut piece)?;
            if count == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            self.open(piece.get(..count).unwrap_or(&[]))?;
        }
        Ok(())
    }

    /// Reads from the socket; 0 at the end.
    fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = match self.deadline {
                Some(deadline) => Some(left(deadline).ok_or(ErrorKind::TimedOut)?),
                None => None,
            };
            self.channel.socket.set_read_timeout(left)?;
            match (&self.channel.socket).read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // As a system words it whose socket had a time limit.
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(ErrorKind::TimedOut.into()),
                other => return other,
            }
        }
    }

    /// Takes bytes of TLS, and keeps what they hold.
    fn open(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let mut wants_write = false;
        let result = match self.channel.tls() {
            None => Ok(()),
            Some(mut tls) => loop {
                if bytes.is_empty() {
                    break Ok(());
                }
                match tls.read_tls(&mut bytes) {
                    Ok(0) => break Ok(()),
                    Ok(_) => {}
                    Err(error) => break Err(error),
                }
                match tls.process_new_packets() {
                    Ok(state) => {
                        let begin = self.held.len();
                        self.held.resize(begin + state.plaintext_bytes_to_read(), 0);
                        tls.reader().read_exact(self.held.get_mut(begin..).unwrap_or(&mut []))?;
                        self.ended |= state.peer_has_closed();
                    }
                    Err(error) => break Err(io::Error::new(ErrorKind::InvalidData, error)),
                }
                wants_write |= tls.wants_write();
            },
        };
        // An alert says why the connection ends here.
        if wants_write || result.is_err() {
            let flushed = self.channel.flush(self.deadline.unwrap_or_else(|| Instant::now() + PATIENCE));
            return result.and(flushed);
        }
        result
    }
}

impl Read for ChannelReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let held = self.held.get(self.taken..).unwrap_or(&[]);
            if !held.is_empty() {
                let count = held.len().min(buffer.len());
                if let (Some(to), Some(from)) = (buffer.get_mut(..count), held.get(..count)) {
                    to.copy_from_slice(from);
                }
                self.taken += count;
                return Ok(count);
            }
            if self.ended {
                return Ok(0);
            }
            self.taken = 0;
            self.held.clear();
            let is_tls = self.channel.tls.get().is_some();
            if !is_tls && buffer.len() >= PIECE {
                return self.receive(buffer);
            }
            self.held.resize(PIECE, 0);
            let mut held = std::mem::take(&mut self.held);
            let count = self.receive(&mut held);
            if is_tls {
                let piece = count?;
                if piece == 0 {
                    return Ok(0);
                }
                self.open(held.get(..piece).unwrap_or(&[]))?;
            } else {
                held.truncate(*count.as_ref().unwrap_or(&0));
                self.held = held;
                if count? == 0 {
                    return Ok(0);
                }
            }
        }
    }
}

/// What `adb` asks of TLS: 1.3 and nothing else, no name, no second session by a ticket.
fn config(keys: &[Key]) -> io::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let resolver = Certificates(keys.iter().filter_map(Key::certified).collect());
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyPhone(provider)))
        .with_client_cert_resolver(Arc::new(resolver));
    config.enable_sni = false;
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// Chooses among the keys: the one that the phone names among those it trusts, else the first (AOSP `adb/client/auth.cpp`,
/// `adb_tls_set_certificate`).
#[derive(Debug)]
struct Certificates(Vec<(String, Arc<CertifiedKey>)>);

impl ResolvesClientCert for Certificates {
    fn resolve(&self, issuers: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let is_named = |fingerprint: &str| {
            issuers.iter().any(|issuer| memchr::memmem::find(issuer, fingerprint.as_bytes()).is_some())
        };
        let named = self.0.iter().find(|(fingerprint, _)| is_named(fingerprint));
        named.or(self.0.first()).map(|(_, key)| Arc::clone(key))
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}

/// Takes every phone's certificate, which nobody signed but the phone; that the phone holds its key is proven all the same.
#[derive(Debug)]
struct AnyPhone(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyPhone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::PeerIncompatible(rustls::PeerIncompatible::Tls12NotOffered))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Heads and data of every length, in pieces of every length: no byte is lost, and none comes twice.
    #[test]
    fn bytes_come_out_as_they_went_in_however_they_are_asked_for() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let bytes: Vec<u8> =
            (0..3_000_000_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
        let sent = bytes.clone();
        let writer = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut rest = sent.as_slice();
            for piece in [1, 23, 70_000, 24, 300_000, 7, 65_536, 500].iter().cycle() {
                let (now, later) = rest.split_at(rest.len().min(*piece));
                stream.write_all(now).unwrap();
                rest = later;
                if rest.is_empty() {
                    return;
                }
            }
        });
        let (channel, mut reader) = Channel::new(TcpStream::connect(address).unwrap());
        reader.until(Some(Instant::now() + Duration::from_secs(60)));
        let mut got = Vec::new();
        for length in [24, 262_144, 24, 5, 24, 65_536, 24, 0, 24, 40_000, 24, 65_535].iter().cycle() {
            let mut part = vec![0; (*length).min(bytes.len() - got.len())];
            reader.read_exact(&mut part).unwrap();
            got.extend(part);
            if got.len() == bytes.len() {
                break;
            }
        }
        assert!(got == bytes);
        assert_eq!(reader.read(&mut [0; 10]).unwrap(), 0);
        channel.shut();
        writer.join().unwrap();
    }
}
