import SwiftUI

@main
struct DigitsApp: App {
    var body: some Scene {
        WindowGroup { DigitsView() }
    }
}

/// The one screen: draw a digit, see how probable each label is.
struct DigitsView: View {
    @State private var recogniser = Recogniser()
    @State private var drawing = Drawing()
    @State private var picture: [UInt8]?
    @State private var answer: Answer?
    @State private var failure: String?

    var body: some View {
        VStack {
            DrawingView(drawing: $drawing) { picture = drawing.picture() }
            Text(status)
            BarsView(answer: answer)
            Button("Wipe") {
                drawing.wipe()
                picture = nil
            }
        }
        .padding()
        .task(id: picture) { await recognise() }
    }

    private var status: String {
        if let failure { return "The model does not run: \(failure)" }
        if let answer { return String(format: "%.2f ms", answer.milliseconds) }
        return "Draw a digit"
    }

    private func recognise() async {
        (answer, failure) = (nil, nil)
        guard let picture else { return }
        do {
            answer = try await recogniser.answer(for: picture, width: Drawing.picture)
        } catch {
            failure = error.localizedDescription
        }
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
