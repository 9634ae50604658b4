// Arduino: no tasks; loop() controls every 5 ms and learns in between. `examples/single_header.py --arduino DIR` makes the library.
#include <synapse.hpp>

using model_type = synapse::learner<synapse::shape{.inputs = 2, .outputs = 1, .hidden = {16}, .replay = 32}>;
synapse::fixed_arena<model_type::bytes> memory;
model_type model{memory};

void setup() { Serial.begin(115200); }

void loop() {
    static unsigned long due = 0;
    if (static_cast<long>(millis() - due) < 0) {
        model.sleep(1);  // idle: what is remembered is learned again
        return;
    }
    due += 5;
    const float x[2] = {analogRead(A0) / 512.0f - 1.0f, analogRead(A1) / 512.0f - 1.0f};
    float wanted[1];
    if (!ok(model.predict(x, wanted))) return;
    analogWrite(3, wanted[0] < 0.0f ? 0 : wanted[0] > 255.0f ? 255 : static_cast<int>(wanted[0]));
    const float y[1] = {static_cast<float>(analogRead(A2))};
    if (!ok(model.step(x, y))) Serial.println("a sample was refused");
    if (model.latest().steps % 1000 == 0) Serial.println(model.latest().error, 4);
}
