//! The answer to one shell call, as its pieces come: bytes, or packets of the shell protocol.
//!
//! A packet is one byte of kind, four bytes of length (little-endian) and data (AOSP `adb/shell_protocol.h`). A packet may be cut by the
//! messages that carry it at any byte, and its length is the phone's to claim: nothing is made room for before it has come.

use super::phone::{Ended, ShellOutput};

const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const EXIT: u8 = 3;
/// The packet that says that no input will come, so that a command which reads its input does not wait for it.
pub(crate) const NO_INPUT: [u8; 5] = [4, 0, 0, 0, 0];

/// What came of an answer so far.
#[derive(Debug)]
pub(crate) struct Answer {
    output: ShellOutput,
    packets: Option<Packets>,
    limit: usize,
}

/// Where in the packets the next byte stands.
#[derive(Debug, Default)]
struct Packets {
    head: Vec<u8>,
    kind: u8,
    left: u32,
}

impl Answer {
    /// Nothing yet; of the second version of the shell or of the first, and at most so many bytes.
    pub(crate) fn new(second_version: bool, limit: usize) -> Self {
        let packets = second_version.then(Packets::default);
        Answer { output: ShellOutput::nothing(Ended::Completed), packets, limit }
    }

    /// Takes the next bytes. Once it says how the call ended, no more are to come.
    pub(crate) fn take(&mut self, mut bytes: &[u8]) -> Option<Ended> {
        let Some(packets) = &mut self.packets else {
            return keep(&mut self.output, self.limit, STDOUT, bytes);
        };
        while !bytes.is_empty() {
            if packets.left == 0 {
                let (head, rest) = bytes.split_at(bytes.len().min(5_usize.saturating_sub(packets.head.len())));
                packets.head.extend_from_slice(head);
                bytes = rest;
                let [kind, length @ ..] = *packets.head.first_chunk::<5>()?;
                packets.head.clear();
                packets.kind = kind;
                packets.left = u32::from_le_bytes(length);
                if !matches!(kind, STDOUT | STDERR | EXIT) || kind == EXIT && packets.left != 1 {
                    let detail = format!("a shell packet of unknown kind {kind}, length {}", packets.left);
                    return Some(Ended::Failed(detail));
                }
            }
            let most = usize::try_from(packets.left).unwrap_or(usize::MAX);
            let (data, rest) = bytes.split_at(bytes.len().min(most));
            bytes = rest;
            packets.left = packets.left.saturating_sub(u32::try_from(data.len()).unwrap_or(u32::MAX));
            if packets.kind == EXIT {
                if let [status, ..] = data {
                    self.output.status = Some(*status);
                    return Some(Ended::Completed);
                }
            } else if let Some(ended) = keep(&mut self.output, self.limit, packets.kind, data) {
                return Some(ended);
            }
        }
        None
    }

    /// How a call ended whose stream the phone closed. Over the first version that is all there is to tell; over the second an
    /// exit status comes first.
    pub(crate) fn closed(&self) -> Ended {
        match &self.packets {
            None => Ended::Completed,
            Some(_) => Ended::Dropped("the phone closed the answer before its end".to_owned()),
        }
    }

    /// What came, and how it ended.
    pub(crate) fn finish(self, ended: Ended) -> ShellOutput {
        ShellOutput { ended, ..self.output }
    }
}

fn keep(output: &mut ShellOutput, limit: usize, kind: u8, bytes: &[u8]) -> Option<Ended> {
    let room = limit.saturating_sub(output.stdout.len()).saturating_sub(output.stderr.len());
    let place = if kind == STDERR { &mut output.stderr } else { &mut output.stdout };
    place.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    (bytes.len() > room).then_some(Ended::TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packet(kind: u8, data: &[u8]) -> Vec<u8> {
        let mut packet = vec![kind];
        packet.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
        packet.extend_from_slice(data);
        packet
    }

    #[test]
    fn a_length_that_never_comes_is_not_made_room_for() {
        let mut answer = Answer::new(true, 100);
        assert_eq!(answer.take(&[STDOUT, 0xff, 0xff, 0xff, 0xff, b'a']), None);
        let closed = answer.closed();
        let output = answer.finish(closed);
        assert_eq!((output.stdout.as_slice(), output.status), (b"a".as_slice(), None));
        assert!(output.stdout.capacity() < 100 && matches!(output.ended, Ended::Dropped(_)));
    }

    #[test]
    fn an_answer_over_its_limit_is_cut_there() {
        for second in [true, false] {
            let mut answer = Answer::new(second, 10);
            let bytes = if second { packet(STDOUT, b"123456789012") } else { b"123456789012".to_vec() };
            assert_eq!(answer.take(&bytes), Some(Ended::TooLong));
            assert_eq!(answer.finish(Ended::TooLong).stdout, b"1234567890");
        }
    }

    proptest! {
        #[test]
        fn packets_cut_anywhere_give_the_same_answer(
            parts in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..40)), 0..6),
            status in any::<u8>(),
            piece in 1usize..20,
        ) {
            let mut bytes: Vec<u8> =
                parts.iter().flat_map(|(error, data)| packet(if *error { STDERR } else { STDOUT }, data)).collect();
            bytes.extend(packet(EXIT, &[status]));
            let mut answer = Answer::new(true, 1000);
            let ends: Vec<_> = bytes.chunks(piece).filter_map(|piece| answer.take(piece)).collect();
            prop_assert_eq!(ends, [Ended::Completed]);
            let output = answer.finish(Ended::Completed);
            let of = |error: bool| parts.iter().filter(|part| part.0 == error).flat_map(|part| part.1.clone()).collect::<Vec<_>>();
            prop_assert_eq!((output.stdout, output.stderr, output.status), (of(false), of(true), Some(status)));
        }

        #[test]
        fn hostile_bytes_never_panic_and_never_pass_the_limit(bytes in prop::collection::vec(any::<u8>(), 0..300), second in any::<bool>()) {
            let mut answer = Answer::new(second, 64);
            let _ = answer.take(&bytes);
            let output = answer.finish(Ended::Completed);
            prop_assert!(output.stdout.len() + output.stderr.len() <= 64);
        }
    }
}
