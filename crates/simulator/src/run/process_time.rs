//! How much CPU time this process has used.

use std::time::Duration;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System, get_current_pid};

/// Of all threads since the process began; absent where the system does not tell.
pub(super) fn process_time() -> Option<Duration> {
    let id = get_current_pid().ok()?;
    let mut system = System::new().ok()?;
    let wanted = ProcessRefreshKind::nothing().with_cpu();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[id]), false, wanted);
    Some(Duration::from_millis(system.process(id)?.accumulated_cpu_time()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_counted() {
        let before = process_time().expect("this system tells");
        let mut sum = 0_u64;
        while process_time().expect("this system tells") == before {
            sum = (0..1_000_000_u64).fold(sum, u64::wrapping_add);
        }
        assert_ne!(sum, 0);
    }
}
