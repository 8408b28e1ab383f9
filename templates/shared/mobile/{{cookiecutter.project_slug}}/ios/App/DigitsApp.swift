import SwiftUI

@main
struct DigitsApp: App {
    var body: some Scene {
        WindowGroup { DigitsView() }
    }
}

/// The one screen: draw a digit, see how probable each label is.
struct DigitsView: View {
    @State private var drawing = Drawing()
    @State private var answer: Answer?
    @State private var status = "Draw a digit"
    private let recogniser = Recogniser()

    var body: some View {
        VStack {
            DrawingView(drawing: $drawing, onEnd: recognise)
            Text(status)
            BarsView(answer: answer)
            Button("Wipe", action: wipe)
        }
        .padding()
    }

    private func recognise() {
        guard let picture = drawing.picture() else { return }
        Task {
            do {
                let answer = try await recogniser.answer(for: picture, width: Drawing.picture)
                self.answer = answer
                status = "\(answer.milliseconds.formatted(.number.precision(.fractionLength(2)))) ms"
            } catch {
                answer = nil
                status = "The model does not run: \(error.localizedDescription)"
            }
        }
    }

    private func wipe() {
        drawing = Drawing()
        answer = nil
        status = "Draw a digit"
    }
}

/// One bar for each label, as long as the label is probable.
struct BarsView: View {
    let answer: Answer?

    var body: some View {
        let labels = answer?.labels ?? []
        let probabilities = answer?.probabilities ?? []
        VStack(alignment: .leading) {
            ForEach(labels.indices, id: \.self) { index in
                let isBest = probabilities[index] == probabilities.max()
                ProgressView(value: probabilities[index]) { Text(labels[index]) }
                    .tint(isBest ? .teal : .indigo)
            }
        }
    }
}
