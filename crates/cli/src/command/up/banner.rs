//! What a user of the sandbox reads first: where it is, who one is, what to type next.

use std::path::Path;

use serde::Serialize;
use truc_simulator::AgencyEntry;

use super::vxp::ReadySystem;
use crate::{
    exit::Failure,
    output::{Lang, Output, Table, Words},
    sandbox::{Running, Sandbox},
};

#[derive(Serialize)]
pub(super) struct Banner {
    hub: String,
    console: String,
    agencies: usize,
    agency: String,
    name: String,
    folder: String,
    keys: String,
    token: String,
    root: String,
    operator: String,
    vxp: ReadySystem,
}

impl Banner {
    pub(super) fn new(
        sandbox: &Sandbox,
        running: &Running,
        user: &AgencyEntry,
        agencies: usize,
        vxp: ReadySystem,
        console: String,
    ) -> Self {
        let text = |path: &Path| path.display().to_string();
        let folder = sandbox.agency_folder(&user.code);
        Self {
            hub: running.hub.clone(),
            console,
            agencies,
            agency: user.code.to_string(),
            name: user.name.clone(),
            folder: text(sandbox.folder()),
            token: text(&folder.join("token")),
            keys: text(&folder),
            root: text(&sandbox.root_file()),
            operator: text(&sandbox.operator_folder()),
            vxp,
        }
    }

    pub(super) fn print(&self, output: &Output) -> Result<(), Failure> {
        output.data(self, || self.table(output))
    }

    fn table(&self, output: &Output) -> String {
        let mut table = Table::pairs(output.lang);
        table.pair(Words("Trục", "Hub"), self.hub.clone());
        table.pair(Words("Bảng điều khiển", "Console"), self.console.clone());
        table.pair(
            Words("Cơ quan của bạn", "Your agency"),
            format!("{} {}", self.agency, self.name),
        );
        table.pair(
            Words("Khóa, chứng thư số", "Keys, certificates"),
            format!("{}/", self.keys),
        );
        table.pair(Words("Mã truy cập", "Token"), self.token.clone());
        table.pair(Words("Chứng thư gốc", "Root certificate"), self.root.clone());
        table.pair(Words("Người vận hành", "Operator"), format!("{}/", self.operator));
        table.pair(Words("Cổng VXP", "VXP gateway"), self.vxp.endpoint.clone());
        table.pair(
            Words("Hệ thống của bạn", "Your system"),
            format!("{} ({})", self.vxp.system, self.vxp.properties),
        );
        if let Some(secret) = &self.vxp.secret {
            table.pair(Words("Khóa bí mật", "Secret"), secret.clone());
        }
        let data = if self.folder == ".truc" {
            String::new()
        } else {
            format!(" --data {}", self.folder)
        };
        let next = format!("truc send{data} --to H54 --subject");
        table.text()
            + &match output.lang {
                Lang::Vi => format!(
                    "\n{} cơ quan mô phỏng tự trả lời. Thử ngay ở cửa sổ khác:\n  {next} \"Về việc thử nghiệm liên thông\"\nCtrl-C để dừng.\n",
                    self.agencies
                ),
                Lang::En => format!(
                    "\n{} simulated agencies answer by themselves. Try in another terminal:\n  {next} \"A first document\"\nCtrl-C ends it.\n",
                    self.agencies
                ),
            }
    }
}
