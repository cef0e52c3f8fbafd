//! What TrainingService needs of whoever knows lessons: the hub itself knows none.

use tokio::sync::watch;
use truc_document::Refusal;
use truc_proto::v1 as pb;

/// Lessons and the attempts at them. Who may ask is judged before anything here is called.
#[tonic::async_trait]
pub trait Training: Send + Sync {
    /// The lessons, with the best scores of a trainee.
    fn lessons(&self, trainee: &str) -> Vec<pb::Lesson>;

    /// Begins an attempt.
    async fn start(&self, lesson: &str, trainee: &str) -> Result<pb::Attempt, Refusal>;

    /// An attempt as it stands; one that was put away says so.
    fn attempt(&self, id: &str) -> Result<pb::Attempt, Refusal>;

    /// All that were not put away, the earliest first.
    fn class(&self) -> Vec<pb::Attempt>;

    /// Changes whenever an attempt does.
    fn changes(&self) -> watch::Receiver<u64>;

    /// Gives the next hint.
    async fn hint(&self, id: &str) -> Result<(pb::LessonText, pb::Attempt), Refusal>;

    /// Puts an attempt away and begins its lesson again.
    async fn restart(&self, id: &str) -> Result<pb::Attempt, Refusal>;

    /// Puts one attempt away, or all of them; says how many.
    async fn reset(&self, id: Option<&str>) -> Result<u32, Refusal>;
}
