use truc_store::journal::JournalError;

/// Why a hub can't join a shared journal. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No server answers, or none lets this hub in.
    #[error("no NATS server of `{servers}` lets this hub in: {what}")]
    Connect {
        /// Where it was tried.
        servers: String,
        /// Why not.
        what: String,
    },
    /// A file of credentials or certificates that can't be read.
    #[error("`{path}`, which the address names, can't be read: {source}")]
    Credentials {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Groups would not fit into a message.
    #[error(
        "the NATS servers take messages of `{found}` bytes at most, and a document alone may have `{needed}`; set `max_payload: 8MB`"
    )]
    Payload {
        /// Their limit, bytes.
        found: usize,
        /// What is needed, bytes.
        needed: usize,
    },
    /// The stream can't be made or found.
    #[error("stream `{stream}` can't be made or found: {what}")]
    Stream {
        /// Its name.
        stream: String,
        /// Why.
        what: String,
    },
    /// The stream is there and not as a journal needs it.
    #[error("stream `{stream}` can't hold a journal: {what}")]
    Unfit {
        /// Its name.
        stream: String,
        /// What is wrong with it.
        what: String,
    },
    /// What this hub has is not what the stream has.
    #[error(
        "copy of the journal in `{folder}` and stream `{stream}` are of two histories: {what}; if the stream is the right one, move the folder away and start again"
    )]
    Histories {
        /// The hub's folder.
        folder: String,
        /// The stream.
        stream: String,
        /// What differs.
        what: String,
    },
    /// The head of the stream is in the archive, and can't be had from there.
    #[error("the head of stream `{stream}` can't be read from its archive: {what}")]
    Archive {
        /// The stream.
        stream: String,
        /// Why not.
        what: String,
    },
    /// The copy on this machine.
    #[error(transparent)]
    Copy(#[from] JournalError),
    /// A file beside the copy.
    #[error("cannot {operation} `{path}`: {source}")]
    Io {
        /// What failed, as a verb.
        operation: &'static str,
        /// The file or folder.
        path: String,
        /// What the operating system said.
        source: std::io::Error,
    },
}
