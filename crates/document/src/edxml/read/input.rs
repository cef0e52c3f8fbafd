//! The bytes of a package on their way to the parser: where they stand, how many a token may have, and what is kept of
//! them as they are.

use std::io::{self, BufRead, Read};

use super::super::{Position, ReadLimits};

const BUFFER_BYTES: usize = 64 << 10;

/// Which limit the bytes broke; travels inside an [`io::Error`] through the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum OverLimit {
    /// One tag, comment or text.
    #[error("a tag or a text has more than {0} bytes")]
    Token(usize),
    /// All but the contents of files.
    #[error("there are more than {0} bytes besides the files")]
    Markup(u64),
}

/// Counts lines and columns of what is taken from it, and stops a parser that would take in too much.
pub(super) struct Input<R> {
    inner: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    position: Position,
    token: usize,
    token_max: usize,
    markup: u64,
    markup_max: u64,
    captured: Option<Vec<u8>>,
}

impl<R: Read> Input<R> {
    pub(super) fn new(inner: R, limits: &ReadLimits) -> Self {
        Self {
            inner,
            buffer: vec![0; BUFFER_BYTES].into(),
            start: 0,
            end: 0,
            position: Position::START,
            token: 0,
            token_max: limits.text_bytes_max,
            markup: 0,
            markup_max: limits.markup_bytes_max,
            captured: None,
        }
    }

    /// Where the next byte stands.
    pub(super) const fn position(&self) -> Position {
        self.position
    }

    /// A token begins here.
    pub(super) const fn begin_token(&mut self) {
        self.token = 0;
    }

    /// Keeps what is taken from here on.
    pub(super) fn capture(&mut self) {
        self.captured = Some(Vec::new());
    }

    /// What was taken since [`Self::capture`].
    pub(super) fn captured(&mut self) -> Vec<u8> {
        self.captured.take().unwrap_or_default()
    }

    /// The next bytes without taking them: `length`, up to the size of the buffer, or all that there are.
    pub(super) fn peek(&mut self, length: usize) -> io::Result<&[u8]> {
        while self.end - self.start < length {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            match self.inner.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let end = self.end.min(self.start + length);
        Ok(&self.buffer[self.start..end])
    }

    /// The bytes at hand, read anew where none are: contents of files, which count for no limit of markup.
    pub(super) fn content(&mut self) -> io::Result<&[u8]> {
        self.peek(1)?;
        Ok(&self.buffer[self.start..self.end])
    }

    /// Takes bytes of contents.
    pub(super) fn consume_content(&mut self, amount: usize) {
        self.advance(amount);
    }

    /// Takes bytes of contents that are ASCII and end no line, which need not be looked through for where they stand.
    pub(super) fn consume_plain(&mut self, amount: usize) {
        let column = u32::try_from(amount).unwrap_or(u32::MAX);
        self.position.column = self.position.column.saturating_add(column);
        self.take(amount);
    }

    fn advance(&mut self, amount: usize) {
        let taken = &self.buffer[self.start..self.start + amount];
        let lines = taken.iter().filter(|&&byte| byte == b'\n').count();
        // Contents of files have no line ends, as a rule, and need not be looked through for the last one.
        let last_end = match lines {
            0 => None,
            _ => taken.iter().rposition(|&byte| byte == b'\n'),
        };
        let tail = match last_end {
            Some(at) => {
                self.position.column = 1;
                &taken[at + 1..]
            }
            None => taken,
        };
        let characters = tail.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        self.position.line = self
            .position
            .line
            .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.position.column = self
            .position
            .column
            .saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
        self.take(amount);
    }

    fn take(&mut self, amount: usize) {
        if let Some(captured) = &mut self.captured {
            captured.extend_from_slice(&self.buffer[self.start..self.start + amount]);
        }
        self.start += amount;
    }
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let at_hand = self.fill_buf()?;
        let amount = at_hand.len().min(into.len());
        into[..amount].copy_from_slice(&at_hand[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

impl<R: Read> BufRead for Input<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.token > self.token_max {
            return Err(io::Error::other(OverLimit::Token(self.token_max)));
        }
        if self.markup > self.markup_max {
            return Err(io::Error::other(OverLimit::Markup(self.markup_max)));
        }
        self.peek(1)?;
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, amount: usize) {
        self.token += amount;
        self.markup += amount as u64;
        self.advance(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(bytes: &[u8]) -> Input<&[u8]> {
        Input::new(bytes, &ReadLimits::default())
    }

    #[test]
    fn columns_are_characters() {
        let mut input = input("Đơn vị\nhai".as_bytes());
        for (amount, line, column) in [("Đơ".len(), 1, 3), ("n vị".len(), 1, 7), (1, 2, 1), (2, 2, 3)] {
            input.fill_buf().unwrap();
            input.consume(amount);
            assert_eq!(input.position(), Position { line, column });
        }
    }

    #[test]
    fn peeking_takes_nothing() {
        let mut input = input(b"abcdef");
        assert_eq!(input.peek(3).unwrap(), b"abc");
        input.consume(2);
        assert_eq!(input.peek(100).unwrap(), b"cdef");
        assert_eq!(input.position(), Position { line: 1, column: 3 });
    }

    #[test]
    fn a_token_without_end_is_stopped() {
        let mut input = Input::new(io::repeat(b'a'), &ReadLimits::default());
        let error = io::copy(&mut input, &mut io::sink()).unwrap_err();
        let over = error.get_ref().and_then(|error| error.downcast_ref::<OverLimit>());
        assert_eq!(over, Some(&OverLimit::Token(ReadLimits::default().text_bytes_max)));
    }
}
