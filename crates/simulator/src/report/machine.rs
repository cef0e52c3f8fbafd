//! The machine that a run is made from.

use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use super::Machine;

impl Machine {
    /// This one.
    pub fn here() -> Self {
        let wanted = RefreshKind::nothing()
            .with_cpu(CpuRefreshKind::nothing())
            .with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(wanted).ok();
        let brand = system
            .as_ref()
            .and_then(|system| system.cpus().first())
            .map(|cpu| cpu.brand().trim().to_owned());
        Self {
            os: System::long_os_version().ok(),
            kernel: System::kernel_version().ok(),
            architecture: System::cpu_arch(),
            cpu: brand.filter(|brand| !brand.is_empty()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: system.map(|system| system.total_memory()).filter(|bytes| *bytes > 0),
        }
    }
}
