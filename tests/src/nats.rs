//! NATS servers for tests: one or a cluster on loopback, each a process of its own that can be killed, paused and started again.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;
use truc_cluster::{Address, JetStream};
use truc_hub::{CantShare, JournalChoice};
use truc_store::journal::SharedJournal;

/// Ends the server when this process does, however it does: then the shell's input ends. The shell ends after the server, so that its ports
/// are free.
const UNTIL_WE_ARE_GONE: &str = r#""$@" & echo $!; cat >/dev/null; kill -KILL $!; wait $!"#;

/// The servers of a journal.
pub struct Nats {
    /// In their order.
    pub servers: Vec<Server>,
    _folder: TempDir,
}

/// One of them.
pub struct Server {
    configuration: PathBuf,
    client: u16,
    monitor: u16,
    running: Option<Running>,
}

struct Running {
    shell: Child,
    pid: String,
}

impl Nats {
    /// Starts so many servers, a cluster if there are several. They sync before they answer.
    #[must_use]
    pub fn start(count: usize) -> Self {
        Self::start_with(count, "1GB")
    }

    /// The same, with so much room for their files.
    #[must_use]
    pub fn start_with(count: usize, room: &str) -> Self {
        Self::start_set(count, room, "")
    }

    /// One server with more in its configuration.
    #[must_use]
    pub fn start_one(settings: &str) -> Self {
        Self::start_set(1, "1GB", settings)
    }

    fn start_set(count: usize, room: &str, settings: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let ports: Vec<[u16; 3]> = (0..count).map(|_| [free_port(), free_port(), free_port()]).collect();
        let routes: Vec<_> = ports
            .iter()
            .map(|ports| format!("nats-route://127.0.0.1:{}", ports[2]))
            .collect();
        let servers = ports.iter().zip(1..).map(|(&[client, monitor, cluster], number)| {
            let store = folder.path().join(format!("n{number}"));
            let mut text = format!(
                "server_name: n{number}\nlisten: \"127.0.0.1:{client}\"\nhttp: \"127.0.0.1:{monitor}\"\nmax_payload: 8MB\n\
                 jetstream {{ store_dir: \"{}\", sync_interval: always, max_file: {room} }}\n",
                store.display()
            );
            text += settings;
            if count > 1 {
                text += &format!(
                    "cluster {{ name: truc, listen: \"127.0.0.1:{cluster}\", routes: [{}], no_advertise: true }}\n",
                    routes.join(", ")
                );
            }
            let configuration = folder.path().join(format!("n{number}.conf"));
            std::fs::write(&configuration, text).expect("a file");
            let mut server = Server {
                configuration,
                client,
                monitor,
                running: None,
            };
            server.start();
            server
        });
        Self {
            servers: servers.collect(),
            _folder: folder,
        }
    }

    /// The address of a journal on all of them, with as many copies.
    #[must_use]
    pub fn address(&self, axis: &str) -> String {
        let ports: Vec<_> = self.servers.iter().map(Server::port).collect();
        self.address_by(&ports, axis)
    }

    /// The same, reached by other ports of this machine.
    #[must_use]
    pub fn address_by(&self, ports: &[u16], axis: &str) -> String {
        let list = |ports: &[u16]| {
            let hosts: Vec<_> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
            hosts.join(",")
        };
        let monitors: Vec<_> = self.servers.iter().map(|server| server.monitor).collect();
        let (hosts, monitors, copies) = (list(ports), list(&monitors), self.servers.len());
        format!("nats://{hosts}/{axis}?replicas={copies}&monitor={monitors}")
    }
}

impl Server {
    /// Starts it, or again.
    pub fn start(&mut self) {
        let mut shell = Command::new("sh")
            .args(["-c", UNTIL_WE_ARE_GONE, "sh"])
            .arg(binary())
            .arg("-c")
            .arg(&self.configuration)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let mut pid = String::new();
        BufReader::new(shell.stdout.take().expect("its output"))
            .read_line(&mut pid)
            .expect("the server's number");
        let pid = pid.trim().to_owned();
        self.running = Some(Running { shell, pid });
    }

    /// Starts it anew with other room for its files: nobody grows a disk of a running server.
    pub fn restart_with(&mut self, room: &str) {
        self.kill();
        let text = std::fs::read_to_string(&self.configuration).expect("its configuration");
        let (before, after) = text.split_once("max_file: ").expect("its room");
        let (_, after) = after.split_once(' ').expect("the end of it");
        std::fs::write(&self.configuration, format!("{before}max_file: {room} {after}")).expect("a file");
        self.start();
    }

    /// kill -9.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            signal("KILL", &running.pid);
            drop(running.shell.stdin.take());
            running.shell.wait().expect("its end");
        }
    }

    /// Its client port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.client
    }

    /// Whether it says that it has all that it should have.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        let asked = || -> std::io::Result<bool> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.monitor))?;
            stream.set_read_timeout(Some(Duration::from_secs(2)))?;
            stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer.starts_with("HTTP/1.0 200"))
        };
        asked().unwrap_or(false)
    }

    /// Stops it where it is.
    pub fn pause(&self) {
        if let Some(running) = &self.running {
            signal("STOP", &running.pid);
        }
    }

    /// Lets it go on.
    pub fn resume(&self) {
        if let Some(running) = &self.running {
            signal("CONT", &running.pid);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Sends a signal to a process that is ours.
pub fn signal(name: &str, pid: &str) {
    let sent = Command::new("kill")
        .args(["-s", name, pid])
        .stderr(Stdio::null())
        .status();
    sent.expect("kill");
}

/// A port below those that outgoing connections take: it stays free between a kill and the next start.
#[must_use]
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let own = (std::process::id() % 97) as u16 * 120;
    for _ in 0..12_000 {
        let port = 20_000 + (own + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port");
}

/// The server's binary.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/cluster/nats-server.sh");
        let told = Command::new(script).output().expect("bash");
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8(told.stdout).expect("a path").trim().into()
    })
}

/// The choice of a hub that shares the journal at an address.
#[must_use]
pub fn shared(address: &str) -> JournalChoice {
    let address: Address = address.parse().expect("an address");
    JournalChoice::Shared(Box::new(move |data| {
        Box::pin(async move {
            let opened = JetStream::open_with(&address, data, 1 << 20).await;
            let journal = opened.map_err(|error| CantShare(format!("{error:?}")))?;
            Ok(Box::new(journal) as Box<dyn SharedJournal>)
        })
    }))
}
