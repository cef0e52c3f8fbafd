//! The sandbox's VXP gateway, with one system ready for the user's agency.

use std::net::TcpListener;

use serde::Serialize;
use truc_agency::{ConnectOptions, Tls};
use truc_document::AgencyCode;
use truc_gateway::{Gateway, NewSystem, SigningMode};

use crate::{
    embedded,
    exit::Failure,
    files,
    gateway::{self, Port, Settings},
    keys::Keys,
    sandbox::Sandbox,
};

/// Id of the user's system.
const USER_SYSTEM: &str = "vxp.sandbox";

/// What the user needs to know of the ready system. Its secret stands in the file.
#[derive(Serialize)]
pub(super) struct ReadySystem {
    pub(super) endpoint: String,
    pub(super) system: String,
    pub(super) properties: String,
    /// Only when it was made just now.
    pub(super) secret: Option<String>,
}

/// Opens the gateway to the hub that is about to listen.
pub(super) fn open(sandbox: &Sandbox, keys: &Keys, listener: &TcpListener, tls: bool) -> Result<Gateway, Failure> {
    let address = listener.local_addr().map_err(Failure::input)?;
    let hub = ConnectOptions::new(embedded::endpoint(address, tls));
    let hub = match tls {
        false => hub,
        true => hub.with_tls(Tls {
            ca_pem: keys.root_pem(),
            identity_pem: None,
            domain: None,
        }),
    };
    gateway::open(Settings {
        folder: sandbox.vxp_folder(),
        keys: keys.clone(),
        operator: true,
        hub,
    })
}

/// The user's system, made where there is none, and the settings of the library for it.
pub(super) fn user_system(
    sandbox: &Sandbox,
    gateway: &Gateway,
    agency: &AgencyCode,
    hub: &str,
    port: Option<&Port>,
) -> Result<ReadySystem, Failure> {
    let systems = gateway.systems();
    let (system, is_new) = match systems.find(USER_SYSTEM) {
        Some(system) => (system, false),
        None => {
            let new = NewSystem {
                id: USER_SYSTEM.to_owned(),
                agencies: vec![agency.clone()],
                signing: SigningMode::Custodial,
            };
            (systems.add(new).map_err(Failure::input)?, true)
        }
    };
    let endpoint = port.map_or_else(|| format!("{hub}/vxp"), Port::endpoint);
    let secret = system.secret.expose();
    let protocol = if endpoint.starts_with("https") { "https" } else { "http" };
    let store = sandbox.folder().join("edxml");
    let properties = format!(
        "# Settings of the VXP library for system {id}, which acts for agency {agency}.\n\
         service.endpoint={endpoint}\n\
         systemid={id}\n\
         secret={secret}\n\
         store-path-dir={store}\n\
         protocol={protocol}\n\
         max-connection=10\n\
         max-error-retry=4\n",
        id = system.id,
        store = store.display(),
    );
    files::write_secret(&sandbox.properties_file(), properties)?;
    Ok(ReadySystem {
        endpoint,
        system: system.id.clone(),
        properties: sandbox.properties_file().display().to_string(),
        secret: is_new.then(|| secret.to_owned()),
    })
}
