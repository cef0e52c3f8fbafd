//! Lessons over the wire: each is passed by `truc send`, `truc fetch` and `truc status` as its trainee, and each is failed.

#![allow(clippy::unwrap_used, reason = "whatever is missing fails the test where it stands")]

mod truc;

use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;
use tonic::{Request, Status, Streaming, transport::Channel};
use truc::Terminal;
use truc_proto::v1::{self as pb, AttemptState};
use truc_services::{sandbox_service_client::SandboxServiceClient, training_service_client::TrainingServiceClient};

/// A sandbox, and who talks to its TrainingService.
struct School {
    terminal: Terminal,
    channel: Channel,
    key: String,
    _sandbox: truc::Sandbox,
}

/// A trainee at a lesson.
struct Trainee<'a> {
    school: &'a School,
    attempt: pb::Attempt,
    token: String,
    states: Streaming<pb::FollowAttemptResponse>,
}

impl School {
    async fn open(arguments: &[&str]) -> Self {
        let terminal = Terminal::new();
        let sandbox = terminal.up(arguments);
        Self::at(terminal, sandbox).await
    }

    async fn at(terminal: Terminal, sandbox: truc::Sandbox) -> Self {
        let channel = Channel::from_shared(terminal.address())
            .unwrap()
            .connect()
            .await
            .unwrap();
        let link = std::fs::read_to_string(terminal.path(".truc/console-link")).unwrap();
        let key = link.trim().split_once("key=").unwrap().1.to_owned();
        Self {
            terminal,
            channel,
            key,
            _sandbox: sandbox,
        }
    }

    fn client(&self) -> TrainingServiceClient<Channel> {
        TrainingServiceClient::new(self.channel.clone())
    }

    async fn start(&self, lesson: &str, trainee: &str) -> Trainee<'_> {
        let request = pb::StartAttemptRequest {
            access_key: self.key.clone(),
            lesson_id: lesson.to_owned(),
            trainee: trainee.to_owned(),
        };
        let started = self.client().start_attempt(request).await.unwrap().into_inner();
        self.trainee(started.attempt.unwrap(), started.token).await
    }

    async fn trainee(&self, attempt: pb::Attempt, token: String) -> Trainee<'_> {
        let follow = pb::FollowAttemptRequest {
            attempt_id: attempt.attempt_id.clone(),
        };
        let states = self.client().follow_attempt(bearing(&token, follow)).await.unwrap();
        Trainee {
            school: self,
            attempt,
            token,
            states: states.into_inner(),
        }
    }

    async fn operator(&self) -> String {
        let request = pb::EnterRequest {
            access_key: self.key.clone(),
            role: Some(pb::enter_request::Role::Operator(true)),
            ..Default::default()
        };
        let mut sandbox = SandboxServiceClient::new(self.channel.clone());
        sandbox.enter(request).await.unwrap().into_inner().token
    }
}

fn bearing<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let value = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", value);
    request
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no `{key}` in {value}"))
}

fn day(ahead: i64) -> String {
    let today = truc_document::zone::day_of(Timestamp::now());
    today.saturating_add(ahead.days()).to_string()
}

impl Trainee<'_> {
    fn send(&self, to: &[&str], more: &[&str]) -> String {
        let mut arguments = vec!["send", "--as", &self.attempt.agency, "--subject", "Thử nghiệm"];
        to.iter().for_each(|to| arguments.extend(["--to", to]));
        arguments.extend(more);
        text(&self.school.terminal.json(&arguments), "document_id").to_owned()
    }

    /// The document of the cast with this in its subject, taken for good.
    fn take(&self, taken: &mut Vec<(String, String)>, subject: &str) -> String {
        loop {
            if let Some((id, _)) = taken.iter().find(|(_, of)| of.contains(subject)) {
                return id.clone();
            }
            let fetched = self
                .school
                .terminal
                .json(&["fetch", "--as", &self.attempt.agency, "--wait", "60s", "--ack"]);
            let deliveries = fetched["deliveries"].as_array().unwrap();
            assert!(!deliveries.is_empty(), "`{subject}` does not come");
            let documents = deliveries.iter().filter(|one| text(one, "kind") == "document");
            taken.extend(documents.map(|one| (text(one, "document_id").to_owned(), text(one, "text").to_owned())));
        }
    }

    fn report(&self, document: &str, status: &str) {
        let mut arguments = vec!["status", "--as", &self.attempt.agency, document, status];
        if status == "02" {
            arguments.extend(["--description", "Không bảo đảm yêu cầu"]);
        }
        self.school.terminal.good(&arguments);
    }

    /// The first state that fits.
    async fn until(&mut self, fits: impl Fn(&pb::Attempt) -> bool) -> pb::Attempt {
        loop {
            let told = self.states.message().await.unwrap().expect("the stream goes on");
            let attempt = told.attempt.unwrap();
            if fits(&attempt) {
                return attempt;
            }
            assert_eq!(attempt.state(), AttemptState::Running, "{attempt:?}");
        }
    }

    async fn step(&mut self, count: usize) {
        self.until(|one| one.steps.iter().filter(|step| step.done_at.is_some()).count() >= count)
            .await;
    }

    async fn passes(&mut self) {
        let end = self.until(|one| one.state() == AttemptState::Passed).await;
        assert_eq!((end.score, end.slips.len()), (100, 0), "{end:?}");
    }

    async fn fails(&mut self, because: &str) {
        let end = self.until(|one| one.state() == AttemptState::Failed).await;
        let why = end.failure.unwrap();
        assert!(why.vi.contains(because), "{why:?}");
        assert!(!why.en.is_empty() && !why.vi.contains('{'), "{why:?}");
    }
}

/// Does the lesson as it asks.
async fn pass(lesson: &str, trainee: &mut Trainee<'_>) {
    let taken = &mut Vec::new();
    let accept = |trainee: &Trainee<'_>, taken: &mut Vec<_>, subject: &str, statuses: &[&str]| {
        let id = trainee.take(taken, subject);
        statuses.iter().for_each(|status| trainee.report(&id, status));
        id
    };
    let communes = ["Z90.41.01", "Z90.41.02"];
    match lesson {
        "first-letter" => {
            trainee.send(&["Z90.01"], &[]);
            accept(trainee, taken, "chỉ tiêu tập huấn", &["03"]);
        }
        "urgent-telegram" => {
            accept(trainee, taken, "bão số 5", &["03"]);
            trainee.send(&communes, &["--type", "telegram", "--urgency", "express"]);
        }
        "wrong-addressee" => {
            accept(trainee, taken, "Kính gửi Sở Tài chính", &["02"]);
            accept(trainee, taken, "cử người tham gia", &["03", "06"]);
        }
        "revoked-signer" => {
            accept(trainee, taken, "chuyển ngay kinh phí", &["02"]);
            accept(trainee, taken, "cảnh báo văn bản giả mạo", &["03", "06"]);
        }
        "recall-in-time" => {
            let wrong = trainee.send(&["Z90.02"], &[]);
            trainee.send(&["Z90.01"], &["--number", "2"]);
            trainee.send(&["Z90.02"], &["--recall", &wrong, "--reason", "Sai số liệu"]);
            trainee.send(&["Z90.02"], &["--number", "4"]);
        }
        "recall-after-acceptance" => {
            let letter = trainee.send(&communes, &[]);
            trainee.step(2).await;
            trainee.send(&communes, &["--recall", &letter, "--reason", "Ban hành nhầm"]);
        }
        "update-and-replace" => {
            let notice = trainee.send(&["Z90.41"], &["--type", "notice"]);
            let due = day(5);
            let update = [
                "--type",
                "notice",
                "--update",
                &notice,
                "--reason",
                "Thêm hạn",
                "--due",
                &due,
            ];
            trainee.send(&["Z90.41"], &update);
            trainee.step(3).await;
            let decision = trainee.send(&["Z90.41"], &["--type", "decision"]);
            let replace = ["--type", "decision", "--replace", &decision, "--reason", "Sai nội dung"];
            trainee.send(&["Z90.41"], &replace);
        }
        "one-stop-shop-day" => {
            let today = accept(trainee, taken, "Hồ sơ 1004", &["03", "06"]);
            trainee.send(&["Z90.90"], &["--reply-to", &today]);
            accept(trainee, taken, "Hồ sơ 1002", &["02"]);
            accept(trainee, taken, "Hồ sơ 1003", &["03", "06"]);
            accept(trainee, taken, "Hồ sơ 1001", &["03"]);
        }
        "four-levels" => {
            let order = accept(trainee, taken, "rà soát hồ, đập và báo cáo", &["03", "04"]);
            let due = day(1);
            let telegram = ["--type", "telegram", "--urgency", "very-urgent", "--due", &due];
            trainee.send(&["Z90.41"], &telegram);
            accept(trainee, taken, "Báo cáo tổng hợp", &["03"]);
            trainee.send(&["Z91"], &["--type", "report", "--reply-to", &order]);
            trainee.report(&order, "06");
        }
        other => panic!("no way through `{other}`: write one"),
    }
    trainee.passes().await;
}

/// Does one thing that the lesson does not forgive; says what the reason has to name.
async fn fail(lesson: &str, trainee: &mut Trainee<'_>) -> &'static str {
    let taken = &mut Vec::new();
    match lesson {
        "first-letter" => {
            trainee.send(&["Z90.02"], &[]);
            "Điều 8 khoản 2"
        }
        "urgent-telegram" => {
            trainee.send(&["Z90.41.01", "Z90.41.02"], &["--type", "telegram"]);
            "không ghi độ khẩn hỏa tốc"
        }
        "wrong-addressee" => {
            let id = trainee.take(taken, "Kính gửi Sở Tài chính");
            trainee.report(&id, "03");
            "phải trả lại"
        }
        "revoked-signer" => {
            let id = trainee.take(taken, "chuyển ngay kinh phí");
            trainee.report(&id, "03");
            "Điều 9 khoản 1"
        }
        "recall-in-time" => {
            trainee.send(&["Z90.02"], &[]);
            let right = trainee.send(&["Z90.01"], &["--number", "2"]);
            trainee.send(&["Z90.01"], &["--recall", &right, "--reason", "Nhầm"]);
            "văn bản không sai"
        }
        "recall-after-acceptance" => {
            let letter = trainee.send(&["Z90.41.01", "Z90.41.02"], &[]);
            trainee.step(2).await;
            trainee.send(&["Z90.41.01", "Z90.41.02"], &["--replace", &letter, "--reason", "Nhầm"]);
            "đã thay thế công văn"
        }
        "update-and-replace" => {
            let notice = trainee.send(&["Z90.41"], &["--type", "notice"]);
            trainee.send(&["Z90.41"], &["--recall", &notice, "--reason", "Thiếu hạn"]);
            "đã thu hồi thông báo"
        }
        "one-stop-shop-day" => {
            let id = trainee.take(taken, "Hồ sơ 1003");
            trainee.report(&id, "03");
            trainee.report(&id, "06");
            "nhận kết quả trễ"
        }
        "four-levels" => {
            let id = trainee.take(taken, "rà soát hồ, đập và báo cáo");
            trainee.report(&id, "03");
            trainee.report(&id, "06");
            "khi chưa gửi báo cáo"
        }
        other => panic!("no way to fail `{other}`: write one"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_lesson_is_passed_and_failed_over_the_wire() {
    // Silent: the cast needs nobody else.
    let school = School::open(&["--silent"]).await;
    let operator = school.operator().await;
    let list = |trainee: &str| pb::ListLessonsRequest {
        trainee: trainee.to_owned(),
    };
    let lessons = school
        .client()
        .list_lessons(bearing(&operator, list("")))
        .await
        .unwrap();
    let lessons = lessons.into_inner().lessons;
    assert_eq!(lessons.len(), 9);
    for lesson in &lessons {
        let id = &lesson.lesson_id;
        let mut good = school.start(id, "Nguyễn Văn An").await;
        let mut bad = school.start(id, "Trần Thị Bình").await;
        assert_ne!(good.attempt.agency, bad.attempt.agency);
        pass(id, &mut good).await;
        let because = fail(id, &mut bad).await;
        bad.fails(because).await;
    }
    let best = school
        .client()
        .list_lessons(bearing(&operator, list("Nguyễn Văn An")))
        .await
        .unwrap();
    let best = best.into_inner().lessons;
    assert!(best.iter().all(|lesson| lesson.best_score == Some(100)), "{best:?}");
    let mut class = school
        .client()
        .follow_class(bearing(&operator, pb::FollowClassRequest {}))
        .await
        .unwrap()
        .into_inner();
    let attempts = class.message().await.unwrap().unwrap().attempts;
    assert_eq!(attempts.len(), 18);
    let reset = pb::ResetAttemptsRequest::default();
    let reset = school.client().reset_attempts(bearing(&operator, reset)).await.unwrap();
    assert_eq!(reset.into_inner().reset, 18);
    let attempts = class.message().await.unwrap().unwrap().attempts;
    assert!(attempts.len() < 18);
}

fn code(status: &Status) -> tonic::Code {
    status.code()
}

#[tokio::test(flavor = "multi_thread")]
async fn hints_restarts_and_who_may_ask() {
    let school = School::open(&["--silent"]).await;
    let mut trainee = school.start("first-letter", "Lê Văn Chậm").await;
    let id = trainee.attempt.attempt_id.clone();
    let hint = || pb::TakeHintRequest { attempt_id: id.clone() };
    let taken = school
        .client()
        .take_hint(bearing(&trainee.token, hint()))
        .await
        .unwrap()
        .into_inner();
    assert!(taken.hint.unwrap().vi.contains("Soạn văn bản"));
    assert_eq!(taken.attempt.unwrap().steps[0].hints_left, 1);
    school
        .client()
        .take_hint(bearing(&trainee.token, hint()))
        .await
        .unwrap();
    let none = school
        .client()
        .take_hint(bearing(&trainee.token, hint()))
        .await
        .unwrap_err();
    assert_eq!(code(&none), tonic::Code::FailedPrecondition);

    // A document that is not as asked says how it differs.
    trainee.send(&["Z90.01"], &["--urgency", "express"]);
    let state = trainee.until(|one| !one.slips.is_empty()).await;
    assert!(state.slips[0].text.as_ref().unwrap().en.contains("urgency is express"));
    assert_eq!(state.slips[0].cost, 5);

    // Another trainee has no part in it; nobody has without the key.
    let other = school.start("first-letter", "Phạm Thị Bền").await;
    let foreign = school
        .client()
        .take_hint(bearing(&other.token, hint()))
        .await
        .unwrap_err();
    assert_eq!(code(&foreign), tonic::Code::PermissionDenied);
    let class = school
        .client()
        .follow_class(bearing(&other.token, pb::FollowClassRequest {}))
        .await;
    assert_eq!(code(&class.unwrap_err()), tonic::Code::PermissionDenied);
    let stranger = pb::StartAttemptRequest {
        access_key: "00".to_owned(),
        lesson_id: "first-letter".to_owned(),
        trainee: "Ai đó".to_owned(),
    };
    let stranger = school.client().start_attempt(stranger).await.unwrap_err();
    assert_eq!(code(&stranger), tonic::Code::Unauthenticated);
    let unknown = pb::StartAttemptRequest {
        access_key: school.key.clone(),
        lesson_id: "none".to_owned(),
        trainee: "Ai đó".to_owned(),
    };
    assert_eq!(
        code(&school.client().start_attempt(unknown).await.unwrap_err()),
        tonic::Code::NotFound
    );

    let restart = pb::RestartAttemptRequest { attempt_id: id };
    let restarted = school
        .client()
        .restart_attempt(bearing(&trainee.token, restart))
        .await
        .unwrap();
    let restarted = restarted.into_inner();
    let fresh = restarted.attempt.unwrap();
    assert_ne!(fresh.agency, trainee.attempt.agency);
    assert!(fresh.slips.is_empty() && fresh.steps[0].hints.is_empty());
    trainee.until(|one| one.state() == AttemptState::PutAway).await;
    let mut again = school.trainee(fresh, restarted.token).await;
    pass("first-letter", &mut again).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_goes_on_after_the_sandbox_was_killed() {
    let terminal = Terminal::new();
    let sandbox = terminal.up(&["--silent"]);
    let address = terminal.address();
    let school = School::at(terminal, sandbox).await;
    let trainee = school.start("wrong-addressee", "Phạm Thị Bền").await;
    let taken = &mut Vec::new();
    let wrong = trainee.take(taken, "Kính gửi Sở Tài chính");
    let right = trainee.take(taken, "cử người tham gia");
    trainee.report(&wrong, "02");
    let hint = pb::TakeHintRequest {
        attempt_id: trainee.attempt.attempt_id.clone(),
    };
    let (attempt, token) = (trainee.attempt.clone(), trainee.token.clone());
    // The word about the refusal may be on its way; the hint is of the step that is open then.
    let hinted = school
        .client()
        .take_hint(bearing(&token, hint))
        .await
        .unwrap()
        .into_inner();
    let hints: usize = hinted.attempt.unwrap().steps.iter().map(|step| step.hints.len()).sum();
    assert_eq!(hints, 1);
    drop(trainee);
    let School {
        terminal,
        _sandbox: sandbox,
        ..
    } = school;
    sandbox.kill();
    let listen = address.strip_prefix("http://").unwrap().to_owned();
    let sandbox = terminal.up_at(&listen, &["--silent"]);
    let school = School::at(terminal, sandbox).await;
    let follow = || pb::FollowAttemptRequest {
        attempt_id: attempt.attempt_id.clone(),
    };
    // The hub answers a moment before lessons are given.
    let states = loop {
        match school.client().follow_attempt(bearing(&token, follow())).await {
            Ok(states) => break states.into_inner(),
            Err(status) => assert_eq!(code(&status), tonic::Code::ResourceExhausted, "{status}"),
        }
        tokio::task::yield_now().await;
    };
    let mut trainee = Trainee {
        school: &school,
        attempt,
        token,
        states,
    };
    trainee.step(1).await;
    trainee.report(&right, "03");
    trainee.report(&right, "06");
    let end = trainee.until(|one| one.state() == AttemptState::Passed).await;
    assert_eq!(end.score, 95, "{end:?}");
}

#[test]
fn lessons_are_listed_and_a_broken_file_is_told_with_its_line() {
    let terminal = Terminal::new();
    let listed = terminal.json(&["lesson", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 9);
    assert_eq!(listed[0]["title"]["vi"], "Công văn đầu tiên");
    let good = truc::repository("simulations/lessons/first-letter.toml");
    let checked = terminal.json(&["lesson", "check", &good]);
    assert_eq!(checked["steps"], 3);
    let text = std::fs::read_to_string(&good).unwrap();
    terminal.write("bad.toml", text.replace("points = 55", "points = 54"));
    let done = terminal.run(&["lesson", "check", "bad.toml"]);
    assert_eq!(done.code, 2, "{done:?}");
    assert!(
        done.stderr.contains("steps have 99 points together; make it 100"),
        "{done:?}"
    );
    terminal.write("bad.toml", text.replace("minutes", "minuts"));
    let done = terminal.run(&["lesson", "check", "bad.toml"]);
    assert!(
        done.stderr.contains("bad.toml:4:1") && done.stderr.contains("did you mean `minutes`?"),
        "{done:?}"
    );
    // A folder of one's own counts, and one that is broken keeps the sandbox from starting.
    std::fs::create_dir(terminal.path("own")).unwrap();
    terminal.write("own/mine.toml", &text);
    assert_eq!(
        terminal
            .json(&["lesson", "list", "--lessons", "own"])
            .as_array()
            .unwrap()
            .len(),
        10
    );
    terminal.write("own/mine.toml", "title = 1");
    let done = terminal.run(&["up", "--listen", "127.0.0.1:0", "--lessons", "own"]);
    assert_eq!(done.code, 2, "{done:?}");
}
