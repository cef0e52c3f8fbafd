//! TrainingService: who may ask what, and the streams; the lessons are somebody else's.

use std::{sync::Arc, time::Duration};

use futures::stream;
use jiff::Timestamp;
use tonic::{Request, Response, Status};
use truc_document::{AgencyCode, Reason, Refusal};
use truc_proto::v1 as pb;
use truc_services::training_service_server::TrainingService;
use truc_signature::Caller;
use truc_store::state::wire_time;

use super::sandbox::{SandboxApi, TOKEN_LIFE};
use crate::{
    caller::operator,
    lasting::{Answers, Lasting},
    status::{malformed, refused},
    training::Training,
};

/// Characters of a trainee's name.
const TRAINEE_MAX: usize = 50;
/// Changes that come closer together are told together.
const PACE: Duration = Duration::from_millis(100);

pub(crate) struct TrainingApi {
    pub(crate) sandbox: SandboxApi,
    pub(crate) training: Arc<dyn Training>,
}

/// How to act as the agency of an attempt.
struct Entry {
    token: String,
    expires_at: prost_types::Timestamp,
    agency: pb::Agency,
}

impl TrainingApi {
    fn caller<T>(&self, request: &Request<T>) -> Result<Caller, Status> {
        self.sandbox.core.callers.of(request, &self.sandbox.core)
    }

    /// The attempt, where the caller is its agency, or the operator if `operators` may too.
    fn own<T>(&self, request: &Request<T>, id: &str, operators: bool) -> Result<pb::Attempt, Status> {
        let caller = self.caller(request)?;
        let attempt = self.training.attempt(id).map_err(|refusal| refused(&refusal))?;
        match caller {
            Caller::Operator if operators => Ok(attempt),
            Caller::Agency(code) if code.as_str() == attempt.agency => Ok(attempt),
            other => {
                let message = format!("attempt `{id}` is not `{other}`'s");
                Err(refused(&Refusal::new(Reason::NotYourAgency, message)))
            }
        }
    }

    fn enter(&self, attempt: &pb::Attempt) -> Result<Entry, Status> {
        let agency = self.sandbox.known(&attempt.agency)?;
        let code: AgencyCode = agency.code.parse().map_err(|_| malformed("agency", "no agency code"))?;
        let now = Timestamp::now();
        let expires = now.saturating_add(TOKEN_LIFE).unwrap_or(now);
        let tokens = &self.sandbox.sandbox.tokens;
        Ok(Entry {
            token: tokens.issue(&Caller::Agency(code), now, TOKEN_LIFE),
            expires_at: wire_time(expires.as_microsecond()),
            agency,
        })
    }

    /// What `look` sees now, then with each change of it.
    fn follow<T: Clone + PartialEq + Send + 'static, A: Send + 'static>(
        &self,
        look: impl Fn(&dyn Training) -> Result<T, Refusal> + Send + 'static,
        answer: impl Fn(T) -> A + Send + 'static,
    ) -> Answers<A> {
        let (training, core) = (Arc::clone(&self.training), Arc::clone(&self.sandbox.core));
        let changes = training.changes();
        let state = (training, core, changes, look, answer, None::<T>);
        Box::pin(stream::unfold(
            state,
            |(training, core, mut changes, look, answer, last)| async move {
                loop {
                    changes.mark_unchanged();
                    match look(&*training) {
                        Ok(now) if last.as_ref() != Some(&now) => {
                            let told = answer(now.clone());
                            return Some((Ok(told), (training, core, changes, look, answer, Some(now))));
                        }
                        Ok(_) => {}
                        Err(refusal) => {
                            // Put away and forgotten: nothing more is told.
                            last.as_ref()?;
                            tracing::debug!(%refusal, "attempt followed no more");
                            return None;
                        }
                    }
                    tokio::select! {
                        changed = changes.changed() => changed.ok()?,
                        () = core.stopping.cancelled() => return None,
                    }
                    tokio::time::sleep(PACE).await;
                }
            },
        ))
    }
}

fn name_of(trainee: &str) -> Result<&str, Status> {
    let name = trainee.trim();
    if name.is_empty() || name.chars().count() > TRAINEE_MAX {
        return Err(malformed(
            "trainee",
            format!("a name has 1 to {TRAINEE_MAX} characters"),
        ));
    }
    Ok(name)
}

#[tonic::async_trait]
impl TrainingService for TrainingApi {
    type FollowAttemptStream = Answers<pb::FollowAttemptResponse>;
    type FollowClassStream = Answers<pb::FollowClassResponse>;

    async fn list_lessons(
        &self,
        request: Request<pb::ListLessonsRequest>,
    ) -> Result<Response<pb::ListLessonsResponse>, Status> {
        self.caller(&request)?;
        Ok(Response::new(pb::ListLessonsResponse {
            lessons: self.training.lessons(request.get_ref().trainee.trim()),
        }))
    }

    async fn start_attempt(
        &self,
        request: Request<pb::StartAttemptRequest>,
    ) -> Result<Response<pb::StartAttemptResponse>, Status> {
        let request = request.into_inner();
        self.sandbox.check_key(&request.access_key)?;
        let trainee = name_of(&request.trainee)?;
        let started = self.training.start(&request.lesson_id, trainee).await;
        let attempt = started.map_err(|refusal| refused(&refusal))?;
        let entry = self.enter(&attempt)?;
        Ok(Response::new(pb::StartAttemptResponse {
            attempt: Some(attempt),
            token: entry.token,
            expires_at: Some(entry.expires_at),
            agency: Some(entry.agency),
        }))
    }

    async fn follow_attempt(
        &self,
        request: Request<pb::FollowAttemptRequest>,
    ) -> Result<Response<Self::FollowAttemptStream>, Status> {
        self.own(&request, &request.get_ref().attempt_id, true)?;
        let lasting = Lasting::of(&self.sandbox.core, &request);
        let id = request.into_inner().attempt_id;
        let told = self.follow(
            move |training| training.attempt(&id),
            |attempt| pb::FollowAttemptResponse { attempt: Some(attempt) },
        );
        Ok(Response::new(lasting.hold(told)))
    }

    async fn take_hint(&self, request: Request<pb::TakeHintRequest>) -> Result<Response<pb::TakeHintResponse>, Status> {
        self.own(&request, &request.get_ref().attempt_id, false)?;
        let hint = self.training.hint(&request.get_ref().attempt_id).await;
        let (hint, attempt) = hint.map_err(|refusal| refused(&refusal))?;
        Ok(Response::new(pb::TakeHintResponse {
            hint: Some(hint),
            attempt: Some(attempt),
        }))
    }

    async fn restart_attempt(
        &self,
        request: Request<pb::RestartAttemptRequest>,
    ) -> Result<Response<pb::RestartAttemptResponse>, Status> {
        self.own(&request, &request.get_ref().attempt_id, false)?;
        let restarted = self.training.restart(&request.get_ref().attempt_id).await;
        let attempt = restarted.map_err(|refusal| refused(&refusal))?;
        let entry = self.enter(&attempt)?;
        Ok(Response::new(pb::RestartAttemptResponse {
            attempt: Some(attempt),
            token: entry.token,
            expires_at: Some(entry.expires_at),
            agency: Some(entry.agency),
        }))
    }

    async fn follow_class(
        &self,
        request: Request<pb::FollowClassRequest>,
    ) -> Result<Response<Self::FollowClassStream>, Status> {
        operator(&self.caller(&request)?)?;
        let lasting = Lasting::of(&self.sandbox.core, &request);
        let told = self.follow(
            |training| Ok(training.class()),
            |attempts| pb::FollowClassResponse { attempts },
        );
        Ok(Response::new(lasting.hold(told)))
    }

    async fn reset_attempts(
        &self,
        request: Request<pb::ResetAttemptsRequest>,
    ) -> Result<Response<pb::ResetAttemptsResponse>, Status> {
        operator(&self.caller(&request)?)?;
        let id = Some(&*request.get_ref().attempt_id).filter(|id| !id.is_empty());
        let reset = self.training.reset(id).await.map_err(|refusal| refused(&refusal))?;
        Ok(Response::new(pb::ResetAttemptsResponse { reset }))
    }
}
