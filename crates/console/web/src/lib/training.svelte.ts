// The lesson under way in this tab: begun, followed, left. The agency of a lesson is entered as any other is.
import { Code, ConnectError } from "@connectrpc/connect";
import { timestampMs, type Timestamp } from "@bufbuild/protobuf/wkt";
import { AttemptState, type Attempt, type Lesson, type LessonText } from "../gen/truc/v1/training_pb.ts";
import type { Agency } from "../gen/truc/v1/directory_pb.ts";
import { lessons } from "./api.ts";
import { desk } from "./desk.svelte.ts";
import { newDraft } from "./drafts.svelte.ts";
import { follow } from "./follow.ts";
import { language } from "./i18n.svelte.ts";
import { go } from "./route.svelte.ts";
import { session, type Person } from "./session.svelte.ts";

const STORED = "lesson";
/** Who one was before the lesson, to be that again after it. */
type Before = { role: "agency" | "operator"; code: string; person: Person };
type Kept = { attemptId: string; agency: string; trainee: string; before: Before };

class Training {
  attempt = $state.raw<Attempt | undefined>();
  lesson = $state.raw<Lesson | undefined>();
  /** Wall time at which the attempt was told, to count hub time on from. */
  private toldAt = 0;
  private kept: Kept | undefined;
  private following: AbortController | undefined;

  /** After a reload, where the tab still works for the lesson's agency. */
  async restore() {
    const kept = JSON.parse(sessionStorage.getItem(STORED) ?? "null") as Kept | null;
    if (!kept) return;
    if (session.role !== "agency" || session.agency?.code !== kept.agency) return this.forget();
    this.kept = kept;
    this.follow(kept.attemptId);
  }

  async start(lesson: Lesson, trainee: string) {
    const before = this.kept?.before ?? this.here();
    const { attempt, agency } = await lessons.startAttempt({ accessKey: session.accessKey, lessonId: lesson.lessonId, trainee });
    await this.enter(attempt!, agency!, lesson, before);
  }

  async restart() {
    const { attempt, agency } = await lessons.restartAttempt({ attemptId: this.attempt!.attemptId });
    await this.enter(attempt!, agency!, this.lesson!, this.kept!.before);
  }

  /** Again from the start, after the trainer put the attempt away. */
  async again() {
    if (this.attempt?.state === AttemptState.PUT_AWAY) await this.start(this.lesson!, this.attempt.trainee);
    else await this.restart();
  }

  async hint() {
    const { attempt } = await lessons.takeHint({ attemptId: this.attempt!.attemptId });
    this.take(attempt!);
  }

  /** Back to who one was. */
  async leave() {
    const before = this.kept?.before;
    this.forget();
    if (before?.role === "operator") await session.enterAsOperator();
    else if (before) await session.enterAsAgency(before.code, before.person);
    this.freshDesk();
    go("training");
  }

  forget() {
    this.following?.abort();
    this.attempt = this.lesson = this.kept = undefined;
    sessionStorage.removeItem(STORED);
  }

  /** Hub time now, as milliseconds. */
  now(): number {
    return ms(this.attempt?.toldAt) + (Date.now() - this.toldAt);
  }

  private here(): Before {
    return { role: session.role === "operator" ? "operator" : "agency", code: session.agency?.code ?? "", person: $state.snapshot(session.person) };
  }

  private async enter(attempt: Attempt, agency: Agency, lesson: Lesson, before: Before) {
    this.following?.abort();
    await session.enterAsAgency(agency.code, { fullName: attempt.trainee, position: lesson.position, capacity: "head" });
    this.kept = { attemptId: attempt.attemptId, agency: attempt.agency, trainee: attempt.trainee, before };
    sessionStorage.setItem(STORED, JSON.stringify(this.kept));
    newDraft();
    this.freshDesk();
    this.lesson = lesson;
    this.take(attempt);
    this.follow(attempt.attemptId);
    go("inbox");
  }

  private freshDesk() {
    desk.stop();
    if (session.role === "agency") desk.start();
  }

  private take(attempt: Attempt) {
    this.attempt = attempt;
    this.toldAt = Date.now();
  }

  private follow(attemptId: string) {
    this.following?.abort();
    const following = (this.following = new AbortController());
    follow(following.signal, async (signal) => {
      try {
        if (!this.lesson) await this.findLesson(attemptId);
        for await (const { attempt } of lessons.followAttempt({ attemptId }, { signal })) {
          this.take(attempt!);
          if (attempt!.state === AttemptState.PUT_AWAY) following.abort();
        }
      } catch (error) {
        if (ConnectError.from(error).code === Code.NotFound) this.forget();
        throw error;
      }
    });
  }

  private async findLesson(attemptId: string) {
    const { lessons: all } = await lessons.listLessons({});
    for await (const { attempt } of lessons.followAttempt({ attemptId })) {
      this.lesson = all.find((one) => one.lessonId === attempt!.lessonId);
      this.take(attempt!);
      return;
    }
  }
}

export const training = new Training();

export const say = (text: LessonText | undefined) => (language.now === "vi" ? text?.vi : text?.en) ?? "";

export const ms = (time: Timestamp | undefined) => (time ? timestampMs(time) : 0);

/** `12:05`, or `1:12:05` from an hour on. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number: number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return `${hours ? `${hours}:${two(Math.floor(seconds / 60) % 60)}` : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}
