//! What goes to and from the simulated stream: a kind, a number and some parts, each with its length before it.

use std::io;

use bytes::{BufMut as _, Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use turmoil::net::TcpStream;

pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) number: u64,
    pub(crate) parts: Vec<Bytes>,
}

impl Frame {
    pub(crate) fn new<const N: usize>(kind: u8, number: u64, parts: [Bytes; N]) -> Self {
        Self {
            kind,
            number,
            parts: parts.into(),
        }
    }

    pub(crate) async fn write(&self, connection: &mut TcpStream) -> io::Result<()> {
        let mut bytes = BytesMut::new();
        bytes.put_u8(self.kind);
        bytes.put_u64(self.number);
        bytes.put_u8(self.parts.len() as u8);
        for part in &self.parts {
            bytes.put_u32(part.len() as u32);
            bytes.put_slice(part);
        }
        connection.write_all(&bytes).await
    }

    pub(crate) async fn read(connection: &mut TcpStream) -> io::Result<Self> {
        let (kind, number) = (connection.read_u8().await?, connection.read_u64().await?);
        let mut parts = Vec::new();
        for _ in 0..connection.read_u8().await? {
            let mut part = vec![0; connection.read_u32().await? as usize];
            connection.read_exact(&mut part).await?;
            parts.push(part.into());
        }
        Ok(Self { kind, number, parts })
    }
}
