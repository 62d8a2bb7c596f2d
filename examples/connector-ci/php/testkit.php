<?php
// The test kit from PHP: plain HTTP against the control API of `coursewire up`.

function testkit(string $method, string $path, ?array $body = null): array
{
    $key = trim(file_get_contents(getenv('TESTKIT_KEY_FILE')));
    $options = [
        'method' => $method,
        'header' => "Authorization: Bearer $key\r\nContent-Type: application/json",
        'content' => $body === null ? '' : json_encode((object) $body),
        'ignore_errors' => true,
    ];
    $context = stream_context_create(['http' => $options]);
    $answer = json_decode(file_get_contents(getenv('MOODLE_URL') . "/testkit/$path", false, $context), true);
    if (isset($answer['error'])) {
        throw new RuntimeException($answer['error']['code'] . ': ' . $answer['error']['message']);
    }
    return $answer;
}

testkit('POST', 'reset', []);
testkit('POST', 'faults', ['kind' => 'error', 'errorcode' => 'invalidtoken', 'from_call' => 2]);
// … let the connector run, then:
foreach (testkit('GET', 'calls')['calls'] as $call) {
    echo $call['function'], ' ', $call['outcome'], "\n";
}
