//! The content of a file out of the text of its element: base64, in chunks.

use std::io::{self, BufRead, Read};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{
    super::{ReadError, ReadErrorCode},
    input::Input,
};

/// Writers leave padding out; bits that mean nothing have to be zero all the same.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// A multiple of four, so that a chunk decodes by itself.
const CHARACTERS: usize = 32 << 10;
/// Bytes of a comment inside a content.
const COMMENT_BYTES_MAX: usize = 64 << 10;

/// Decodes up to the next tag, which it leaves. Blanks, character references to them, comments and CDATA are no part of
/// the content. Errors carry a [`ReadError`].
pub(super) struct Base64Text<'a, R> {
    input: &'a mut Input<R>,
    characters: Vec<u8>,
    decoded: Vec<u8>,
    at: usize,
    padded: bool,
    in_cdata: bool,
    ended: bool,
}

impl<'a, R: Read> Base64Text<'a, R> {
    pub(super) fn new(input: &'a mut Input<R>) -> Self {
        Self {
            input,
            characters: Vec::with_capacity(CHARACTERS),
            decoded: Vec::new(),
            at: 0,
            padded: false,
            in_cdata: false,
            ended: false,
        }
    }

    fn error(&self, code: ReadErrorCode, message: impl Into<String>) -> io::Error {
        io::Error::other(ReadError::new(code, self.input.position(), message))
    }

    /// Decodes the next chunk; what is left is empty at the end.
    fn refill(&mut self) -> io::Result<()> {
        self.characters.clear();
        self.decoded.clear();
        self.at = 0;
        while !self.ended && self.characters.len() < CHARACTERS {
            self.gather()?;
        }
        ENGINE.decode_vec(&self.characters, &mut self.decoded).map_err(|error| {
            self.error(
                ReadErrorCode::Base64Invalid,
                format!("the content of the file is no base64: {error}"),
            )
        })
    }

    /// Takes one run of characters, or one thing that is none.
    fn gather(&mut self) -> io::Result<()> {
        let free = CHARACTERS - self.characters.len();
        let at_hand = self.input.content()?;
        let Some(&first) = at_hand.first() else {
            return Err(self.error(
                ReadErrorCode::Truncated,
                "the package ends inside the content of a file",
            ));
        };
        match first {
            b' ' | b'\t' | b'\r' | b'\n' => {
                let blanks = at_hand.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                self.input.consume_content(blanks);
            }
            b'<' if !self.in_cdata => self.markup()?,
            b'&' if !self.in_cdata => self.reference()?,
            b']' if self.in_cdata => self.end_of_cdata()?,
            b'=' => {
                self.padded = true;
                self.characters.push(b'=');
                self.input.consume_content(1);
            }
            _ => {
                let run = &at_hand[..free.min(at_hand.len())];
                let length = run
                    .iter()
                    .position(|&byte| !IS_CHARACTER[usize::from(byte)])
                    .unwrap_or(run.len());
                if length == 0 || self.padded {
                    let found = match length {
                        0 => format!("`{}`", char::from(first).escape_default()),
                        _ => "characters after the padding".to_owned(),
                    };
                    return Err(self.error(
                        ReadErrorCode::Base64Invalid,
                        format!("the content of the file has {found}; it has to be base64"),
                    ));
                }
                self.characters.extend_from_slice(&run[..length]);
                self.input.consume_plain(length);
            }
        }
        Ok(())
    }

    fn markup(&mut self) -> io::Result<()> {
        let ahead = self.input.peek(9)?;
        if ahead == b"<![CDATA[" {
            self.input.consume_content(9);
            self.in_cdata = true;
        } else if ahead.starts_with(b"<!--") {
            self.input.consume_content(4);
            for _ in 0..COMMENT_BYTES_MAX {
                match self.input.peek(3)? {
                    b"-->" => {
                        self.input.consume_content(3);
                        return Ok(());
                    }
                    [] => break,
                    _ => self.input.consume_content(1),
                }
            }
            return Err(self.error(
                ReadErrorCode::NotWellFormed,
                "a comment inside the content of a file is not closed",
            ));
        } else {
            self.ended = true;
        }
        Ok(())
    }

    fn end_of_cdata(&mut self) -> io::Result<()> {
        if self.input.peek(3)? != b"]]>" {
            return Err(self.error(
                ReadErrorCode::Base64Invalid,
                "the content of the file has `]`; it has to be base64",
            ));
        }
        self.input.consume_content(3);
        self.in_cdata = false;
        Ok(())
    }

    /// Java writers leave `&#13;` at line ends.
    fn reference(&mut self) -> io::Result<()> {
        let ahead = self.input.peek(8)?;
        for blank in [
            "&#13;", "&#10;", "&#9;", "&#32;", "&#xD;", "&#xd;", "&#xA;", "&#xa;", "&#x9;", "&#x20;",
        ] {
            if ahead.starts_with(blank.as_bytes()) {
                self.input.consume_content(blank.len());
                return Ok(());
            }
        }
        Err(self.error(
            ReadErrorCode::Base64Invalid,
            "the content of the file has a reference; it has to be base64",
        ))
    }
}

/// By byte: whether it stands for six bits. Looked up, since contents are most of what is read.
const IS_CHARACTER: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        let character = byte as u8;
        table[byte] = character.is_ascii_alphanumeric() || matches!(character, b'+' | b'/');
        byte += 1;
    }
    table
};

impl<R: Read> Read for Base64Text<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let at_hand = self.fill_buf()?;
        let amount = at_hand.len().min(into.len());
        into[..amount].copy_from_slice(&at_hand[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

impl<R: Read> BufRead for Base64Text<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.decoded.len() && !self.ended {
            self.refill()?;
        }
        Ok(&self.decoded[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::ReadLimits, *};

    fn decode(text: &str) -> Result<String, ReadErrorCode> {
        let mut input = Input::new(text.as_bytes(), &ReadLimits::default());
        let mut decoded = String::new();
        match Base64Text::new(&mut input).read_to_string(&mut decoded) {
            Ok(_) => Ok(decoded),
            Err(error) => Err(error.downcast::<ReadError>().unwrap().code),
        }
    }

    #[test]
    fn content_ends_at_the_tag() {
        for text in [
            "VsSDbiBi4bqjbg==</a>",
            "\n VsSDb\r\n iBi4bqjbg== </a>",
            "VsSDbiBi4bqjbg</a>",
            "VsSD&#13;\nbiBi4bqjbg==&#xD;</a>",
            "<![CDATA[VsSDbiBi]]>4bqjbg==</a>",
            "VsSD<!-- <a> -->biBi4bqjbg==</a>",
        ] {
            assert_eq!(decode(text).as_deref(), Ok("Văn bản"), "{text}");
        }
        assert_eq!(decode("</a>").as_deref(), Ok(""));
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for (text, code) in [
            ("${content}</a>", ReadErrorCode::Base64Invalid),
            ("VsSD-_iB</a>", ReadErrorCode::Base64Invalid),
            ("VsSDbiBi4bqjbg==VsSD</a>", ReadErrorCode::Base64Invalid),
            ("VsSDb</a>", ReadErrorCode::Base64Invalid),
            ("VsSDb]</a>", ReadErrorCode::Base64Invalid),
            ("VsSD&lt;</a>", ReadErrorCode::Base64Invalid),
            ("VsSDbiBi", ReadErrorCode::Truncated),
            ("VsSD<!-- ", ReadErrorCode::NotWellFormed),
        ] {
            assert_eq!(decode(text), Err(code), "{text}");
        }
    }
}
