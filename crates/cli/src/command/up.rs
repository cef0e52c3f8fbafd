//! `truc up`: the sandbox.

mod answering;
mod banner;
mod console;
mod directory;
mod magic;
mod reply;
mod training;
mod vxp;

use std::{path::PathBuf, sync::Arc, time::Duration};

use clap::Args;
use jiff::Timestamp;
use truc_agency::{Hub, RetryPolicy};
use truc_hub::{HubConfig, JournalChoice, Limits, Machine, TlsFiles};
use truc_signature::Caller;
use truc_simulator::{Lesson, Topology};

use self::{answering::Answering, banner::Banner};
use crate::{
    access::HubOptions,
    command::pki,
    embedded::{self, EmbeddedHub},
    exit::{Exit, Failure},
    files,
    gateway::Port,
    identity::Signatory,
    keys::Keys,
    output::Output,
    sandbox::{Running, Sandbox},
};

/// Life of the tokens that are written to files.
const TOKEN_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Starts a hub on this machine with the agencies of a topology, which answer by themselves, and gives you an agency of
/// your own, and a link to the console in a browser. Everything lies in one folder; other commands find it there. Ctrl-C ends it; the documents stay.
#[derive(Args, Debug)]
pub(crate) struct Up {
    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7700")]
    listen: String,
    /// Folder of the sandbox
    #[arg(long, env = "TRUC_DATA", default_value = ".truc", value_name = "DIR")]
    data: PathBuf,
    /// Topology: a file, or seven-provinces, vietnam-34 or vietnam-63; the seven provinces of September 2020 where absent
    #[arg(long, value_name = "FILE|NAME")]
    topology: Option<PathBuf>,
    /// Keys of a known number instead of chance: the same on any machine, and safe on none
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Serve TLS, with a certificate under the sandbox's root
    #[arg(long)]
    tls: bool,
    /// Agencies stay silent: what is sent waits in their mailboxes
    #[arg(long)]
    silent: bool,
    /// Lessons of your own beside those of the binary: a folder of files as `truc lesson check` takes them
    #[arg(long, value_name = "DIR")]
    lessons: Option<PathBuf>,
    /// Serve the VXP calls on a port of their own too; they are always on the hub's, under /vxp
    #[arg(long, value_name = "ADDRESS")]
    vxp: Option<String>,
}

impl Up {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let topology = match &self.topology {
            Some(path) => Topology::named(path).map_err(Failure::input)?,
            None => directory::seven_provinces()?,
        };
        let lessons = match &self.lessons {
            Some(folder) => Lesson::with_folder(folder).map_err(Failure::input)?,
            None => Lesson::shipped().map_err(Failure::input)?,
        };
        let listener = embedded::bind(&self.listen)?;
        let sandbox = Sandbox::at(&self.data);
        let keys = sandbox.keys_or_make(self.seed)?;
        let vxp_port = self.vxp.as_deref().map(Port::bind).transpose()?;
        let user = directory::user();
        write_files(&sandbox, &keys, &user)?;
        let gateway = vxp::open(&sandbox, &keys, &listener, self.tls)?;
        let (config, tls) = (config(&sandbox, &keys, &topology)?, self.tls(&keys)?);
        let console = console::Console::new(&sandbox, &keys, &user.code);
        let pages = gateway.router().merge(truc_console::router());
        let (classroom, teaching) = training::Classroom::new(lessons);
        let console_sandbox = console.sandbox(&keys, Arc::new(classroom));
        let hub = EmbeddedHub::start(config, listener, tls, Some(pages), Some(console_sandbox)).await?;
        let link = console.link(&hub.endpoint)?;
        let system = vxp::user_system(&sandbox, &gateway, &user.code, &hub.endpoint, vxp_port.as_ref())?;
        if let Some(port) = vxp_port {
            port.serve(&gateway, hub.shutdown.child_token())?;
        }
        let running = Running {
            hub: hub.endpoint.clone(),
            agency: user.code.to_string(),
        };
        sandbox.set_running(&running)?;
        let connection = self.connect().await?;
        magic::prepare(&sandbox, &keys, &connection).await?;
        let teaching = teaching
            .start(connection.clone(), &keys, sandbox.lessons_file())
            .await?;
        let answering = match self.silent {
            true => None,
            false => {
                let attended = console.attended.subscribe();
                Some(Answering::start(connection, keys.clone(), user.code.clone(), attended))
            }
        };
        Banner::new(&sandbox, &running, &user, topology.agencies().len(), system, link).print(output)?;

        let ended = hub.until_stopped().await;
        teaching.stop().await;
        if let Some(answering) = answering {
            answering.stop().await;
        }
        sandbox.set_stopped()?;
        ended.map(|()| Exit::Good)
    }

    fn tls(&self, keys: &Keys) -> Result<Option<TlsFiles>, Failure> {
        if !self.tls {
            return Ok(None);
        }
        let identity = keys.hub(&[])?;
        Ok(Some(TlsFiles {
            certificate: identity.chain().to_pem(),
            key: identity.key().to_pem(),
            client_roots: Some(keys.root_pem()),
        }))
    }

    async fn connect(&self) -> Result<Hub, Failure> {
        let options = HubOptions {
            hub: None,
            data: self.data.clone(),
            ca: None,
            token: None,
        }
        .connect_options(None)?;
        Ok(Hub::connect(options.with_retry(RetryPolicy::default())).await?)
    }
}

fn config(sandbox: &Sandbox, keys: &Keys, topology: &Topology) -> Result<HubConfig, Failure> {
    Ok(HubConfig {
        data: sandbox.hub_folder(),
        roots: vec![keys.root()],
        identity: keys.hub(&[])?,
        authority: Some(Arc::clone(keys.authority())),
        token_key: keys.token_key().public(),
        journal: JournalChoice::Own,
        limits: Limits::default(),
        directory: directory::of(topology),
        clock: None,
        machine: Machine::default(),
    })
}

/// What the user's own clients need: keys, certificates, tokens.
fn write_files(sandbox: &Sandbox, keys: &Keys, user: &truc_simulator::AgencyEntry) -> Result<(), Failure> {
    files::write(&sandbox.root_file(), keys.root_pem())?;
    let folder = sandbox.agency_folder(&user.code);
    keys.agency(&user.code, &user.name, Signatory::default())?
        .write(&folder)?;
    let token = keys
        .token_issuer()
        .issue(&Caller::Agency(user.code.clone()), Timestamp::now(), TOKEN_LIFE);
    files::write_secret(&folder.join("token"), token)?;
    pki::write_operator(sandbox, keys)
}
